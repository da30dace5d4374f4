"""The whole service and the IMAP server, as the folders beside this one have them."""

from tests.imap.conftest import running_dovecot
from tests.whole.conftest import receiver_settings, shared, whole

__all__ = ["receiver_settings", "running_dovecot", "shared", "whole"]

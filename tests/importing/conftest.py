"""The whole service and the IMAP server, as the folders beside this one have them."""

from tests.imap.conftest import running_dovecot
from tests.whole.conftest import whole

__all__ = ["running_dovecot", "whole"]

"""Leftovers in a setting's text: names to be filled in, quotes. Pure."""

import re

# Of shells, compose, Helm's values and Kubernetes: ${NAME}, ${NAME:-else}, $(NAME).
_NAME = r"\$\{[A-Za-z_]\w*(?:[:?+=-][^}]*)?\}|\$\([A-Za-z_]\w*\)"
# Of manuals and Ansible, alone or as a part of a URL: <db_password>, {{ host }}.
_ALONE = r"(?:^|(?<=[:/@\"]))(?:<[A-Za-z][\w -]*>|\{\{[^{}]*\}\})(?=[:/@?\"]|$)"
_HOST = r"(?<=://)\$[A-Z_][A-Z0-9_]+"
# Of systemd, which does not fill them in from a file, and Windows: $HOME/data, %h/data, %HOME%.
_IN_PATHS = r"(?:^|(?<=/))(?:\$[A-Z_][A-Z0-9_]+|%[A-Za-z](?=/|$)|%[A-Z_]+%)"
_ANYWHERE = re.compile(f"{_NAME}|{_ALONE}|{_HOST}")
_IN_PLAIN_TEXT = re.compile(f"{_ANYWHERE.pattern}|{_IN_PATHS}")


def unfilled(text: str, secret: bool) -> str:
    """Return the first name still to be filled in; a ``secret`` may contain lookalikes."""
    found = (_ANYWHERE if secret else _IN_PLAIN_TEXT).search(text)
    return found.group() if found else ""


def quoted(text: str) -> bool:
    """Tell whether a text stands within quotation marks.

    A shell and compose remove them; Docker's ``--env-file`` keeps them.
    """
    return len(text) > 1 and text[0] == text[-1] and text[0] in "'\"`"

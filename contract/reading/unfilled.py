"""A name in a setting's text that something was to replace by its value, and did not: pure."""

import re

# As shells, compose and Helm's values have it, and Kubernetes: ${NAME}, ${NAME:-else}, $(NAME).
_NAME = re.compile(r"\$\{[A-Za-z_]\w*(?:[:?+=-][^}]*)?\}|\$\([A-Za-z_]\w*\)")


def unfilled(text: str) -> str:
    """Return the first such name as it stands there, or nothing."""
    found = _NAME.search(text)
    return found.group() if found else ""

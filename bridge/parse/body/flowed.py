"""``format=flowed`` undone (RFC 3676 4): lines broken by the sender's program are joined."""


def unflow(text: str, delete_space: bool) -> str:
    """Return ``text`` with soft line breaks removed; ``delete_space`` is ``delsp=yes``."""
    output: list[str] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        marks, content = line[:depth], line[depth:]
        if content.startswith(" "):  # space-stuffing, 4.4; kept behind quote marks, to be legible
            marks, content = marks and marks + " ", content[1:]
        is_signature = content == "-- "
        ends = is_signature or not (content or depth)  # the writer's blank line also ends it
        if open_depth == depth and not ends:
            output[-1] += content
        else:
            output.append(marks + content)
        flows = content.endswith(" ") and not is_signature
        if flows and delete_space:
            output[-1] = output[-1][:-1]
        open_depth = depth if flows else None
    return "\n".join(output)

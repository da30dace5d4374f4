"""Faults on purpose: what a test plans for a named point (``contract.faults``)."""

from pathlib import Path


def plan(directory: Path, point: str, action: str) -> None:
    """Leave an order at the point for the first process that reaches it."""
    draft = directory / f".{point}"
    draft.write_text(action)
    draft.rename(directory / point)


def forget(directory: Path) -> None:
    """Remove the orders that nobody took."""
    for path in directory.iterdir():
        path.unlink()

"""How many letters may be on their way at once: many small ones, a few of any size."""

MANY = 512
MANY_BYTES = 8 * 1024 * 1024


class RoomForLetters:
    """Counts letters and their bytes on their way; ``few`` may be on their way whatever their size.

    ``many`` small ones may, so that they are read ahead and those of a conversation go together;
    large ones take memory.
    """

    def __init__(self, few: int, many: int = MANY) -> None:
        self._few = few
        self._many = many
        self._letters = 0
        self._bytes = 0

    def has(self, size: int) -> bool:
        """Tell whether there is room for one more letter of ``size`` bytes."""
        small = self._letters < self._many and self._bytes + size <= MANY_BYTES
        return small or self._letters < self._few

    def enter(self, size: int) -> None:
        """Count a letter; ``leave`` follows."""
        self._letters += 1
        self._bytes += size

    def leave(self, size: int) -> None:
        """Stop counting a letter."""
        self._letters -= 1
        self._bytes -= size

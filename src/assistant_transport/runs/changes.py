"""What a run has changed of its state's messages, noted without a cost for each token."""

from collections.abc import Sequence


class Changes:
    """Which messages of a document were changed since `take`, by their indexes.

    A message that a cursor was made for may grow at any time, so it counts as changed until the end.
    """

    def __init__(self) -> None:
        self.all = False  # the list itself was replaced
        self.rest = False  # something beside the messages
        self._set: set[int] = set()
        self._growing: set[int] = set()

    def note(self, path: Sequence[str | int], *, grows: bool = False) -> None:
        """Notes a write at `path`, or with `grows` a string there that is appended to from now on."""
        if not path or path[0] != "messages":
            self.rest = True
        if not path or (path[0] == "messages" and len(path) == 1):
            self.all = True
        elif path[0] == "messages":
            (self._growing if grows else self._set).add(int(path[1]))

    def take(self) -> list[int]:
        """The indexes of messages that may have changed, in order."""
        found = sorted(self._set | self._growing)
        self._set.clear()
        self.all = self.rest = False
        return found

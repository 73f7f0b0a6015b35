"""`state.messages` as a list that changes at both ends of what it holds, without being sent again for it."""

from collections.abc import Sequence
from typing import Any

from assistant_transport.assistants.langgraph import changes
from assistant_transport.assistants.langgraph.conversion import StateMessage


class MessageList:
    """The messages of the state.

    The protocol cannot shorten a list: only a new one can take its place, which sends a whole conversation. So the
    places that became free at the end hold messages of the type `remove`, which the client's converter shows as
    nothing, until other messages take them or `close` is called.
    """

    def __init__(self, document: Any) -> None:
        self._document = document
        self._free = 0  # how many places at the end hold nothing

    def __len__(self) -> int:
        return len(self._all) - self._free

    def __getitem__(self, position: int) -> StateMessage:
        return self._all[position]

    def read(self) -> list[StateMessage]:
        return self._all[: len(self)]

    def put(self, position: int, message: StateMessage) -> None:
        """Writes `message` at `position`, which may be the one behind the last."""
        if position == len(self) and self._free:
            self._free -= 1
        changes.write(self._document, ["messages", position], message)

    def replace(self, messages: Sequence[StateMessage]) -> None:
        """Makes the list `messages`; sends those that are not where they were."""
        before = self.read()
        kept = sum(old is new or old == new for old, new in zip(before, messages, strict=False))
        if len(messages) < len(before) and kept * 2 < len(messages):
            self._set(messages)
            return
        for position, message in enumerate(messages):
            if position >= len(before) or before[position] != message:
                self.put(position, message)
        for position in range(len(messages), len(before)):
            self._document.set(["messages", position], {"id": before[position].get("id"), "type": "remove"})
            self._free += 1

    def close(self) -> None:
        """Leaves no free places."""
        if self._free:
            self._set(self.read())

    def _set(self, messages: Sequence[StateMessage]) -> None:
        self._document.set(["messages"], list(messages))
        self._free = 0

    @property
    def _all(self) -> list[StateMessage]:
        messages: list[StateMessage] = self._document.value["messages"]
        return messages

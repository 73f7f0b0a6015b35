"""The tree of a thread's messages, of which a state shows one branch."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant_transport.runs.strict_json import encode_stored

# More of a message is not searched: PostgreSQL indexes no text of a megabyte.
_MAX_TEXT = 200_000


@dataclass
class Node:
    """A message of the shown branch: its number, its parent's, its id in the state, and a hash of what is stored."""

    number: int
    parent: int | None
    name: str
    stored: int | None = None


@dataclass(frozen=True)
class Row:
    """A message to be stored; `text` is None where what is stored as its text stays."""

    number: int
    parent: int | None
    name: str
    data: str
    text: str | None


def branch_to(head: int | None, parents: dict[int, int | None]) -> list[int]:
    """The numbers of the messages from the first one to `head`."""
    found: list[int] = []
    while head is not None and head in parents and len(found) <= len(parents):
        found.append(head)
        head = parents[head]
    return found[::-1]


def searched(text: str) -> str:
    """What is kept of a message's text for search, without what a database cannot hold."""
    return without_halves(text.replace("\0", "")[:_MAX_TEXT])


def without_halves(text: str) -> str:
    """`text` with a question mark for half of a surrogate pair, which an assistant may write and UTF-8 cannot say."""
    return text.encode("utf-8", "replace").decode()


def name_of(message: dict[str, Any]) -> str:
    name = message.get("id")
    return name.replace("\0", "") if isinstance(name, str) else ""


class Branch:
    """The shown branch of a thread, which follows the messages of a state.

    Args:
        text_of: of a message.
        nodes: the branch as it is stored.
        last: the highest number in the thread.
    """

    def __init__(self, text_of: Callable[[dict[str, Any]], str], nodes: Iterable[Node] = (), last: int = 0) -> None:
        self._text_of = text_of
        self._nodes = list(nodes)
        self._last = last
        self._without_text: set[int] = set()

    @property
    def head(self) -> int | None:
        return self._nodes[-1].number if self._nodes else None

    def replace(self, messages: Sequence[dict[str, Any]], *, is_final: bool = False) -> list[Row]:
        """Follows a whole new list. Messages that it has kept by their ids stay what they are; others are new ones."""
        before = {node.name: node for node in self._nodes if node.name}
        unnamed = [None if node.name else node for node in self._nodes]
        nodes: list[Node] = []
        for index, message in enumerate(messages):
            name = name_of(message)
            kept = before.pop(name, None) if name else unnamed[index] if index < len(unnamed) else None
            nodes.append(kept or self._new(None, name))
        self._nodes = nodes
        parents = [None, *(node.number for node in nodes)]
        for node, parent in zip(nodes, parents, strict=False):
            if node.parent != parent:
                node.parent, node.stored = parent, None
        return self.update(messages, range(len(messages)), is_final=is_final)

    def update(
        self, messages: Sequence[dict[str, Any]], indexes: Iterable[int], *, is_final: bool = False
    ) -> list[Row]:
        """Follows changes of the messages at `indexes`, which come in order; returns what has to be stored.

        The texts of the assistant's messages are stored once `is_final`, for an index that grows with them is slow.
        """
        wanted = {*indexes}
        if is_final:
            wanted |= {index for index, node in enumerate(self._nodes) if node.number in self._without_text}
        rows = (self._row(messages, index, is_final=is_final) for index in sorted(wanted) if index < len(messages))
        return [row for row in rows if row is not None]

    def _row(self, messages: Sequence[dict[str, Any]], index: int, *, is_final: bool) -> Row | None:
        while index >= len(self._nodes):
            self._nodes.append(self._new(self.head, ""))
        node, message = self._nodes[index], messages[index]
        data = encode_stored(message)
        has_text = is_final or message.get("role") == "user" or message.get("type") == "human"
        needs_text = has_text and node.number in self._without_text
        if node.stored == hash(data) and not needs_text:
            return None
        node.stored, node.name = hash(data), name_of(message)
        (self._without_text.discard if has_text else self._without_text.add)(node.number)
        text = searched(self._text_of(message)) if has_text else None
        return Row(node.number, node.parent, node.name, data, text)

    def _new(self, parent: int | None, name: str) -> Node:
        self._last += 1
        return Node(self._last, parent, name)

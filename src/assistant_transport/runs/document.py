"""The state of one run on the server's side, and the operations that keep the client's copy equal to it.

It stands in for assistant-stream's StateManager, which copies every container on the path of a write, and so is slow in
a long conversation. Here a value is encoded once, when it is written, and kept as clients see it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from assistant_transport.runs.assistant_stream_internals import StateProxy, is_proxy_of, lookup_state
from assistant_transport.runs.changes import Changes
from assistant_transport.runs.strict_json import (
    UNSAFE_SEGMENTS,
    copy_parsed,
    encode_and_copy,
    encode_parsed,
    is_acceptable,
    one_line,
    quote,
)

PathSegment = str | int


class Operations(Protocol):
    """Takes a document's operations, in order."""

    def set(self, path: str, value: str) -> None:
        """Takes a `set`: the path and the value, both as JSON."""

    def append_text(self, path: str, text: str) -> None:
        """Takes an `append-text`: the path as JSON, the text as it is."""


class StateDocument:
    """JSON that changes by operations. Not thread-safe: write from the event loop's thread only."""

    def __init__(self, value: Any, operations: Operations) -> None:
        self.value = value
        self.operations = operations
        self.generation = 0  # grows with every `set`, after which a cursor looks its string up again
        self._written: dict[tuple[str, ...], Sequence[PathSegment]] = {}  # the paths that were, but those within others
        self.messages: Sequence[bytes] | None = None  # value["messages"], each as JSON, if known and not changed
        self._trusts = False
        self.changes: Changes | None = None  # of the messages, where somebody stores them
        self._proxy = StateProxy(self, [])

    def set(self, path: Sequence[PathSegment], value: Any) -> None:
        """Replaces the value at `path`; an index equal to a list's length appends. `[]` is the root.

        Raises:
            ValueError, TypeError: `value` is not JSON that a client accepts.
            KeyError: `path` leads nowhere.
        """
        if not UNSAFE_SEGMENTS.isdisjoint(path):
            raise KeyError(f"clients refuse the path {list(path)}")
        self._set(path, *(copy_parsed(value) if self._trusts else encode_and_copy(value)))

    @contextmanager
    def trusting(self) -> Iterator[None]:
        """Has `set` take values that were parsed from acceptable JSON: to check them again would take long."""
        self._trusts = True
        try:
            yield
        finally:
            self._trusts = False

    def keep_messages(self, count: int) -> None:
        """Removes all but the first `count` of value["messages"]; those are neither checked again nor copied."""
        kept = self.value["messages"][:count]
        texts = self.messages
        encoded = encode_parsed(kept) if texts is None else one_line(b"[%b]" % b",".join(texts[:count]))
        self._set(["messages"], encoded, kept)

    def replace(self, value: Any) -> None:
        """Replaces the whole state by `value`, parsed JSON, which is neither checked nor copied."""
        self._set([], encode_parsed(value), value)

    def _set(self, path: Sequence[PathSegment], encoded: str, value: Any) -> None:
        self._set_at(path, value)
        self._note(path)
        self.messages = None
        if self.changes is not None:
            self.changes.note(path)
        self.generation += 1
        self.operations.set(encode_path(path), encoded)

    def written(self) -> Iterator[tuple[str, str]]:
        """What was written, as it is now: paths and values as JSON, for `set`.

        Set in this order they bring every state that a client has had since the document was made to the present one.
        """
        for key, path in self._written.items():
            if not self._is_within_another(key):
                yield encode_path(path), encode_parsed(self.get_value_at_path(path))

    def _note(self, path: Sequence[PathSegment]) -> None:
        key = tuple(map(str, path))
        if key not in self._written and not self._is_within_another(key):
            self._written[key] = path

    def _is_within_another(self, key: tuple[str, ...]) -> bool:
        while key:
            key = key[:-1]
            if key in self._written:
                return True
        return False

    @staticmethod
    def accepts(value: Any) -> bool:
        """Whether `value` is JSON that a client accepts, so that it can be set."""
        return is_acceptable(value)

    def cursor(self, path: Sequence[PathSegment]) -> "TextCursor":
        """The string at `path`, to append to; it must be there."""
        self.messages = None
        if self.changes is not None:
            self.changes.note(path, grows=True)
        return TextCursor(self, path)

    def append_text(self, path: Sequence[PathSegment], value: str) -> None:
        """Appends to the string at `path`. If there is none it is set: clients refuse to append to nothing."""
        if not isinstance(value, str):
            raise TypeError(f"only text can be appended, not {type(value).__name__}")
        try:
            found = self.get_value_at_path(path)
        except KeyError:
            found = None
        if found is None:
            self.set(path, value)
        else:
            self.cursor(path).append(value)

    def _set_at(self, path: Sequence[PathSegment], value: Any) -> None:
        if not path:
            self.value = value
            return
        if self.value is None:
            self.value = {}
        container = self.value
        for segment in path[:-1]:
            key = _key(container, segment)
            child = container[key] if _has(container, key) else None
            if child is None:
                child = {}
                _put(container, key, child)
            container = child
        _put(container, _key(container, path[-1]), value)

    # What assistant-stream's RunController and its state proxies call.

    @property
    def state(self) -> Any:
        """A proxy over the state that can be written to, or None where the state is null."""
        return None if self.value is None else self._proxy

    @property
    def state_data(self) -> Any:
        return self.value

    def get_value_at_path(self, path: Sequence[PathSegment]) -> Any:
        return lookup_state(self.value, path)

    def add_operations(self, operations: Sequence[Any]) -> None:
        for operation in operations:
            path, value = operation["path"], operation["value"]
            if operation["type"] == "append-text":
                self.append_text(path, value)
            elif not is_proxy_of(value, self, path):  # `state["list"] += [1]` extends the list, then sets it to itself
                self.set(path, value)

    def flush(self) -> None:
        """Nothing to do: operations are handed on in order, at once."""


class TextCursor:
    """A string in a document, to append to without looking it up again."""

    __slots__ = ("_container", "_document", "_encoded_path", "_generation", "_key", "_path")

    def __init__(self, document: StateDocument, path: Sequence[PathSegment]) -> None:
        self._document = document
        self._path = path
        self._encoded_path = encode_path(path)
        self._find()
        document._note(path)

    def _find(self) -> None:
        found = self._document.get_value_at_path(self._path)
        if not isinstance(found, str):
            raise TypeError(f"expected text at {self._encoded_path}, found {type(found).__name__}")
        self._generation = self._document.generation
        if self._path:
            self._container = self._document.get_value_at_path(self._path[:-1])
            self._key = _key(self._container, self._path[-1])

    def append(self, text: str) -> None:
        """Appends `text` to the string."""
        if not text:
            return
        document = self._document
        if self._generation != document.generation:
            self._find()
        if self._path:
            self._container[self._key] += text
        else:
            document.value += text
        document.operations.append_text(self._encoded_path, text)


def encode_path(path: Sequence[PathSegment]) -> str:
    """A path as JSON: clients take a list of strings."""
    return f"[{','.join([quote(str(segment)) for segment in path])}]"


def _key(container: Any, segment: PathSegment) -> Any:
    if isinstance(container, list):
        if not str(segment).isdecimal() or int(segment) > len(container):
            raise KeyError(segment)
        return int(segment)
    if isinstance(container, dict):
        return str(segment)
    raise KeyError(segment)


def _has(container: Any, key: Any) -> bool:
    return key < len(container) if isinstance(container, list) else key in container


def _put(container: Any, key: Any, value: Any) -> None:
    if isinstance(container, list) and key == len(container):
        container.append(value)
    else:
        container[key] = value

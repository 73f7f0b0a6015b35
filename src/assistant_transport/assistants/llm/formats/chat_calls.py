"""Which call a delta of Chat Completions belongs to: servers leave out, repeat and change what would say it."""

from typing import Any

from assistant_transport.assistants.llm.arguments import is_object
from assistant_transport.assistants.llm.calls import StreamedCall
from assistant_transport.assistants.llm.jsontext import parse
from assistant_transport.assistants.llm.writing import Writing


class Calls:
    """The calls of one response."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing
        self._last: StreamedCall | None = None
        self._by_index: dict[int | str, StreamedCall] = {}  # the one that was begun last on each
        self._by_id: dict[str, StreamedCall] = {}
        self._named_again: StreamedCall | None = None  # after its arguments: whether for another call is still open

    def find(self, index: Any, call_id: str, name: str, args: Any) -> StreamedCall | None:
        """The call of a delta, which may begin it or go on with its name. None where there is nothing to call."""
        index = index if isinstance(index, int | str) else None
        call = self._known(index, call_id, name, args)
        if call is not None and call is self._named_again and args and not name:
            name, call = call.name, None  # it was the name of the call whose arguments come now
        if call is None or not self._goes_on(call, index in self._by_index or index is None, call_id, name, args):
            if not (call_id or name or args):
                return None
            call = self._begin(index, call_id, name)
        elif name and call.shown is None and not call.is_named(name):
            call.name += name
        if call_id and call.id is None:
            call.id = call_id
        if call_id:
            self._by_id.setdefault(call_id, call)
        return call

    def _known(self, index: int | str | None, call_id: str, name: str, args: Any) -> StreamedCall | None:
        if index is not None and index in self._by_index:
            return self._by_index[index]
        if args and not (call_id or name) and self._last is not None and not self._last.is_whole:
            return self._last  # no call begins so: there are servers whose index counts the pieces
        if call_id:
            return self._by_id.get(call_id) or (self._last if index is None else None)
        return self._last if index is None else None

    def _begin(self, index: int | str | None, call_id: str, name: str) -> StreamedCall:
        self._named_again = None
        call = self._last = self._writing.call(call_id or None, name)
        if index is not None:
            self._by_index[index] = call
        if call_id:
            self._by_id[call_id] = call
        return call

    def _goes_on(self, call: StreamedCall, on_its_index: bool, call_id: str, name: str, args: Any) -> bool:
        """Whether a delta goes on with `call`, the likeliest one, rather than beginning another."""
        if not name:
            return True  # an id alone begins nothing
        if not call.name:
            return True  # this is the name that was missing
        if call.is_named(name) and _is_a_rest(call, args):
            return True  # some repeat the name, and the id or another one, with every piece
        if call_id and (call_id != call.id or not on_its_index):
            return False
        if call.is_named(name) and not args:
            self._named_again = call if call.is_whole else None
            return True
        if call.is_named(name):
            return _same(call, args)
        return call.shown is None and self._is_piece(call.name, name)

    def _is_piece(self, name: str, piece: str) -> bool:
        """Whether `piece` goes on with `name`: not if that is a tool's already and the two together are none's."""
        names = self._writing.tool_names
        return name not in names or any(known.startswith(name + piece) for known in names)


def _is_a_rest(call: StreamedCall, args: Any) -> bool:
    """Whether `args` can only be the rest of the call's arguments."""
    return bool(call.args) and not call.is_whole and isinstance(args, str) and not is_object(args)


def _same(call: StreamedCall, args: Any) -> bool:
    """Whether `args` say what the call's arguments say already."""
    if not call.is_whole:
        return not call.args or not (isinstance(args, str) and is_object(args)) or args.startswith(call.args)
    try:
        return bool(parse(args) == parse(call.args)) if isinstance(args, str) else bool(args == parse(call.args))
    except ValueError:
        return not args.lstrip().startswith("{")

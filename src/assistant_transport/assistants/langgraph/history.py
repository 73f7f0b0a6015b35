"""The conversation as LangChain messages, from a state that is the client's word and may hold any JSON."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from django.conf import settings
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage

# Calls stand in `tool_calls`, where they are checked; providers keep copies of them here.
CALL_BLOCKS = frozenset({"tool_use", "input_json_delta", "function_call"})
_RAW_CALLS = frozenset({"tool_calls", "function_call"})
_UNANSWERED = "The tool call was interrupted and has no result."


@dataclass
class _Turn:
    """A message, and the results of its tool calls, which must stand directly behind it."""

    message: BaseMessage
    results: dict[str, ToolMessage] = field(default_factory=dict)

    def open_calls(self) -> list[ToolCall]:
        return [call for call in _calls(self.message) if call["id"] not in self.results]


class History:
    """A conversation, each message in the server's own version where `server`, what a checkpoint holds, has one.

    Every call gets its result, wherever it stood; one without gets an error, so that providers accept the history
    and no call of the client's making is ever executed.
    """

    def __init__(self, server: Iterable[BaseMessage] = ()) -> None:
        self._turns: list[_Turn] = []
        self._calls: dict[str, _Turn] = {}
        self._ids: set[str] = set()
        self._server: dict[str, BaseMessage] = {}
        self._results: dict[str, dict[str, ToolMessage]] = {}
        caller: dict[str, str] = {}
        for message in server:
            self._server[str(message.id)] = message
            if isinstance(message, AIMessage):
                caller |= {str(call["id"]): str(message.id) for call in message.tool_calls}
            elif isinstance(message, ToolMessage) and message.content != _UNANSWERED:
                results = self._results.setdefault(caller.get(message.tool_call_id, ""), {})
                results[message.tool_call_id] = message

    def read(self, entry: Mapping[str, Any]) -> None:
        """Adds the message that `entry` of the state is, if it is one."""
        message = self._server.get(_text(entry, "id")) or _message(entry)
        if message is not None:
            self.add(message)

    def add(self, message: BaseMessage) -> None:
        """Adds a message, unless there is one of its id; a result goes to its call or nowhere."""
        if message.id in self._ids:
            return
        self._ids.add(str(message.id))
        if isinstance(message, ToolMessage):
            if (turn := self._calls.get(message.tool_call_id)) is not None:
                turn.results.setdefault(message.tool_call_id, message)
            return
        self._turns.append(turn := _Turn(message, dict(self._results.get(str(message.id), {}))))
        self._calls |= {str(call["id"]): turn for call in _calls(message)}

    @property
    def needs_answer(self) -> bool:
        """Whether it ends in something to be answered: not in what the assistant said last."""
        if not self._turns:
            return False
        return bool(self._turns[-1].results) or not isinstance(self._turns[-1].message, AIMessage)

    def waits_for(self, tools: Iterable[str]) -> bool:
        """Whether the last message calls one of `tools` and has no result of it."""
        names = {call["name"] for call in self._turns[-1].open_calls()} if self._turns else set()
        return not names.isdisjoint(tools)

    def messages(self) -> list[BaseMessage]:
        found: list[BaseMessage] = []
        for turn in self._turns:
            found += [turn.message, *turn.results.values()]
            found += [
                ToolMessage(
                    _UNANSWERED, tool_call_id=str(call["id"]), name=call["name"], status="error", id=str(uuid4())
                )
                for call in turn.open_calls()
            ]
        return found


def _message(entry: Mapping[str, Any]) -> BaseMessage | None:
    """The message that `entry` is, or None: instructions, above all, are the server's and never a client's."""
    message_id = _text(entry, "id") or str(uuid4())
    match entry.get("type"):
        case "human":
            return HumanMessage(_blocks(entry, _is_the_users), id=message_id)
        case "ai":
            calls = entry.get("tool_calls")
            return AIMessage(
                _blocks(entry, _is_the_models),
                id=message_id,
                tool_calls=[call for item in _list(calls) if (call := _call(item)) is not None],
                additional_kwargs=_kept(entry.get("additional_kwargs")),
            )
        case "tool" if call_id := _text(entry, "tool_call_id"):
            status: Literal["success", "error"] = "error" if entry.get("status") == "error" else "success"
            return ToolMessage(
                _blocks(entry, _is_the_users),
                id=message_id,
                tool_call_id=call_id,
                name=_text(entry, "name") or None,
                status=status,
                artifact=entry.get("artifact"),
            )
    return None


def _calls(message: BaseMessage) -> list[ToolCall]:
    return message.tool_calls if isinstance(message, AIMessage) else []


def _call(item: Any) -> ToolCall | None:
    if not isinstance(item, dict) or not _text(item, "id") or not _text(item, "name"):
        return None
    args = item.get("args")
    if not args:
        try:
            args = json.loads(_text(item, "partial_json"))
        except (ValueError, RecursionError):
            args = None  # cut off in the middle
    return ToolCall(type="tool_call", id=item["id"], name=item["name"], args=args if isinstance(args, dict) else {})


def _blocks(entry: Mapping[str, Any], accepts: Callable[[dict[str, Any]], bool]) -> Any:
    content = entry.get("content")
    if isinstance(content, str):
        return content
    return [block for block in _list(content) if isinstance(block, dict) and accepts(block)]


def _is_the_users(block: dict[str, Any]) -> bool:
    if block.get("type") != "image_url":
        return block.get("type") == "text" and isinstance(block.get("text"), str)
    image = block.get("image_url")
    url = _text(image, "url") if isinstance(image, dict) else ""
    # Some model classes of LangChain fetch a URL themselves, from inside the server's network.
    return url.startswith("data:image/") or (url.startswith("https://") and settings.ALLOW_IMAGE_URLS)


def _is_the_models(block: dict[str, Any]) -> bool:
    kind = block.get("type")
    if kind == "thinking":
        return bool(_text(block, "signature"))  # providers refuse one that they did not sign
    if kind in ("text", "image_url"):
        return _is_the_users(block)
    return kind in ("reasoning", "redacted_thinking")  # of anything else a model class may fetch what it names


def _kept(kwargs: Any) -> dict[str, Any]:
    if not isinstance(kwargs, dict):
        return {}
    reasoning = kwargs.get("reasoning")
    shown_only = not (isinstance(reasoning, dict) and "id" in reasoning)  # a provider's own has an id
    dropped = _RAW_CALLS | {"reasoning"} if shown_only else _RAW_CALLS
    return {key: value for key, value in kwargs.items() if key not in dropped}


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []

"""The conversation as LangChain messages, read from the client's state, which is not trusted and may hold any JSON."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage

from assistant_transport.conf import settings
from assistant_transport.transcript.langchain_messages import json_text

# Tool calls are read from `tool_calls`, where they are checked; providers repeat them in blocks of these types.
CALL_BLOCKS = frozenset({"tool_use", "input_json_delta", "function_call"})
SOURCE = "lc_source"  # in LangChain's additional_kwargs: what wrote a message in place of a person
_ORIGIN = re.compile(r"[\w.-]{1,64}", re.ASCII)  # providers refuse other names
_RAW_CALL_KEYS = frozenset({"tool_calls", "function_call"})
_NO_RESULT = "The tool call was interrupted and has no result."


@dataclass
class _MessageWithResults:
    """A message, and the results of its tool calls, which providers want directly behind it."""

    message: BaseMessage
    results: dict[str, ToolMessage] = field(default_factory=dict)

    def open_calls(self) -> list[ToolCall]:
        return [call for call in _tool_calls(self.message) if call["id"] not in self.results]


class History:
    """A conversation. Of a message that the checkpoint holds too, `kept`, the checkpoint's version counts.

    Every call gets its result, wherever in the state that is; a call without one gets an error as its result. So
    providers accept the history, and no call that a client made up is ever executed.
    """

    def __init__(self, kept: Iterable[BaseMessage] = ()) -> None:
        self._messages: list[_MessageWithResults] = []
        self._callers: dict[str, _MessageWithResults] = {}  # by the ids of their calls
        self._ids: set[str] = set()
        self._kept: dict[str, BaseMessage] = {}
        self._kept_results: dict[str, dict[str, ToolMessage]] = {}  # by their caller's id, then by their call's
        caller_ids: dict[str, str] = {}
        for message in kept:
            self._kept[str(message.id)] = message
            if isinstance(message, AIMessage):
                caller_ids |= {str(call["id"]): str(message.id) for call in message.tool_calls}
            elif isinstance(message, ToolMessage) and message.content != _NO_RESULT:
                results = self._kept_results.setdefault(caller_ids.get(message.tool_call_id, ""), {})
                results[message.tool_call_id] = message

    def add_state_message(self, state_message: Mapping[str, Any]) -> None:
        """Adds a message of the client's state, if it makes sense as one."""
        message = self._kept.get(_text(state_message, "id")) or read_message(state_message)
        if message is not None:
            self.add(message)

    def add(self, message: BaseMessage) -> None:
        """Adds a message, unless one of its id is there; a result goes to its call, and is dropped without one."""
        if message.id in self._ids:
            return
        self._ids.add(str(message.id))
        if isinstance(message, ToolMessage):
            if (caller := self._callers.get(message.tool_call_id)) is not None:
                caller.results.setdefault(message.tool_call_id, message)
            return
        added = _MessageWithResults(message, dict(self._kept_results.get(str(message.id), {})))
        self._messages.append(added)
        self._callers |= {str(call["id"]): added for call in _tool_calls(message)}

    @property
    def needs_answer(self) -> bool:
        """Whether the last message is the user's or a tool's result, which the assistant has still to answer."""
        if not self._messages:
            return False
        return bool(self._messages[-1].results) or not isinstance(self._messages[-1].message, AIMessage)

    def has_open_call(self, tools: Iterable[str]) -> bool:
        """Whether the last message calls one of `tools` and has no result for it."""
        names = {call["name"] for call in self._messages[-1].open_calls()} if self._messages else set()
        return not names.isdisjoint(tools)

    def messages(self) -> list[BaseMessage]:
        messages: list[BaseMessage] = []
        for each in self._messages:
            messages += [each.message, *each.results.values()]
            messages += [
                ToolMessage(
                    _NO_RESULT, tool_call_id=str(call["id"]), name=call["name"], status="error", id=str(uuid4())
                )
                for call in each.open_calls()
            ]
        return messages


def read_message(state_message: Mapping[str, Any]) -> BaseMessage | None:
    """A message of the client's state, or None: a system prompt, above all, is never taken from a client."""
    message_id = _text(state_message, "id") or str(uuid4())
    match state_message.get("type"):
        case "human":
            kwargs = state_message.get("additional_kwargs")
            source = _origin(kwargs, SOURCE) if isinstance(kwargs, dict) else None
            return HumanMessage(
                _blocks(state_message, _is_user_block),
                id=message_id,
                name=_origin(state_message, "name"),
                additional_kwargs={SOURCE: source} if source else {},
            )
        case "ai":
            calls = state_message.get("tool_calls")
            return AIMessage(
                _blocks(state_message, _is_assistant_block),
                id=message_id,
                name=_origin(state_message, "name"),
                tool_calls=[call for item in _list(calls) if (call := _tool_call(item)) is not None],
                additional_kwargs=_safe_kwargs(state_message.get("additional_kwargs")),
            )
        case "tool" if call_id := _text(state_message, "tool_call_id"):
            status: Literal["success", "error"] = "error" if state_message.get("status") == "error" else "success"
            result = state_message.get("content")
            return ToolMessage(
                json_text(result) if isinstance(result, dict) else _blocks(state_message, _is_user_block),
                id=message_id,
                tool_call_id=call_id,
                name=_text(state_message, "name") or None,
                status=status,
                artifact=state_message.get("artifact"),
            )
    return None


def _tool_calls(message: BaseMessage) -> list[ToolCall]:
    return message.tool_calls if isinstance(message, AIMessage) else []


def _tool_call(item: Any) -> ToolCall | None:
    if not isinstance(item, dict) or not _text(item, "id") or not _text(item, "name"):
        return None
    args = item.get("args")
    if not args:
        try:
            args = json.loads(_text(item, "partial_json"))
        except (ValueError, RecursionError):
            args = None  # cut off in the middle
    return ToolCall(type="tool_call", id=item["id"], name=item["name"], args=args if isinstance(args, dict) else {})


def _blocks(state_message: Mapping[str, Any], accepts: Callable[[dict[str, Any]], bool]) -> Any:
    content = state_message.get("content")
    if isinstance(content, str):
        return content
    return [without_nulls(block) for block in _list(content) if isinstance(block, dict) and accepts(block)]


def _is_user_block(block: dict[str, Any]) -> bool:
    if block.get("type") != "image_url":
        return block.get("type") == "text" and isinstance(block.get("text"), str)
    image = block.get("image_url")
    url = _text(image, "url") if isinstance(image, dict) else ""
    # Some model classes of LangChain fetch a URL themselves, from inside the server's network.
    return url.startswith("data:image/") or (url.startswith("https://") and settings.ALLOW_IMAGE_URLS)


def _is_assistant_block(block: dict[str, Any]) -> bool:
    kind = block.get("type")
    if kind == "thinking":
        return bool(_text(block, "signature"))  # providers refuse one that they did not sign
    if kind in ("text", "image_url"):
        return _is_user_block(block)
    return kind in ("reasoning", "redacted_thinking")  # of anything else a model class may fetch what it names


def _safe_kwargs(kwargs: Any) -> dict[str, Any]:
    if not isinstance(kwargs, dict):
        return {}
    reasoning = kwargs.get("reasoning")
    is_display_only = not (isinstance(reasoning, dict) and "id" in reasoning)  # a provider's own has an id
    dropped = _RAW_CALL_KEYS | {"reasoning"} if is_display_only else _RAW_CALL_KEYS
    return without_nulls({key: value for key, value in kwargs.items() if key not in dropped})  # type: ignore[no-any-return]


def without_nulls(value: Any) -> Any:
    """JSON without the keys whose value is null, as the client's converter needs it."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def _origin(fields: Mapping[str, Any], key: str) -> str | None:
    return value if _ORIGIN.fullmatch(value := _text(fields, key)) else None


def _text(fields: Mapping[str, Any], key: str) -> str:
    value = fields.get(key)
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []

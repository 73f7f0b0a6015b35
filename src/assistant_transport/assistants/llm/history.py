"""A conversation as every model knows it, from the client's state, which may say anything.

No call in it is ever run: each one has a result, if only that there is none. Nothing in it is an instruction.
"""

import json
import re
from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256
from itertools import takewhile
from typing import Any

from assistant_transport.assistants.llm import images
from assistant_transport.assistants.llm.conversation import Conversation, Result, Round, Thought, Use, UserMessage
from assistant_transport.assistants.llm.images import Image
from assistant_transport.assistants.llm.jsontext import mend_value, parse
from assistant_transport.transcript import Call, Entry, Part, Reasoning, Text
from assistant_transport.transcript import Image as StateImage

TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # as every provider takes it

_CALL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # as OpenAI and Anthropic take it
_ANY_CALL_ID = re.compile(r"[\x21-\x7e]{1,8192}")  # others' own may be long: some keep a signature in it
_INTERRUPTED = "The call was interrupted before there was a result."
# Some providers take no conversation that begins with the assistant, as one with a greeting does.
_OPENING = "(The assistant speaks first.)"


def awaits_answer(
    entries: Sequence[Entry], client_tools: Collection[str], new_results: Collection[str] = frozenset()
) -> bool:
    """Whether it is the assistant's turn: the user has written, or calls since then have their results.

    Args:
        new_results: The ids of the calls whose results came with this request. Without one of them, what the assistant
            said after its calls is the answer to them; with one, it was said in the same response as the calls.
    """
    spoken = [entry for entry in entries if entry.parts]
    if not spoken or spoken[-1].by_user:
        return bool(spoken)
    replies = takewhile(lambda entry: not entry.by_user, reversed(spoken))
    calls = [part for entry in replies for part in entry.parts if isinstance(part, Call)]
    if any(call.name in client_tools for call in calls if not call.is_answered):
        return False
    answered = {call.id for call in calls if call.is_answered}
    return not answered.isdisjoint(new_results) or (bool(answered) and isinstance(spoken[-1].parts[-1], Call))


def conversation(entries: Iterable[Entry], *, strict_ids: bool = False) -> Conversation:
    """The conversation for a model; the user and the assistant take turns in it.

    Args:
        strict_ids: Whether calls get other ids where OpenAI and Anthropic would not take theirs.
    """
    found: Conversation = []
    ids = _Ids(_CALL_ID if strict_ids else _ANY_CALL_ID)
    for entry in entries:
        for item in [_user(entry.parts)] if entry.by_user else _assistant(entry.parts, ids):
            if item.parts:
                _add(found, item)
    match found:
        case [*_, Round(results=[_, *_]) as asked, Round(results=[]) as rest]:
            # The model wrote it after its calls. At the end, servers would take it for an answer to go on with.
            asked.parts += rest.parts
            found.pop()
    if found and isinstance(found[0], Round):
        found.insert(0, UserMessage([Text(_OPENING)]))
    return found


class _Ids:
    """Gives each call an id of its own."""

    def __init__(self, taken_as: re.Pattern[str]) -> None:
        self._pattern = taken_as
        self._taken: set[str] = set()

    def of(self, call: Call) -> str:
        call_id = call.id
        while call_id in self._taken or not self._pattern.fullmatch(call_id):
            call_id = f"call_{sha256(f'{call_id} {len(self._taken)}'.encode()).hexdigest()[:24]}"
        self._taken.add(call_id)
        return call_id


def _add(found: Conversation, item: UserMessage | Round) -> None:
    """Neighbours of one side become one: the chat templates of many models insist on turns."""
    last = found[-1] if found else None
    if isinstance(last, UserMessage) and isinstance(item, UserMessage):
        last.parts += item.parts
    elif isinstance(last, Round) and isinstance(item, Round) and not last.results:
        last.parts += item.parts
        last.results += item.results
    else:
        found.append(item)


def _user(parts: Iterable[Part]) -> UserMessage:
    content: list[Text | Image] = []
    for part in parts:
        if isinstance(part, Text) and part.text.strip():
            content.append(part)
        elif isinstance(part, StateImage):
            try:
                content.append(images.read(part.url))
            except ValueError:
                continue  # a new one was refused; this is what the client says of an old one
    return UserMessage(content)


def _assistant(parts: Iterable[Part], ids: _Ids) -> list[Round]:
    """What the assistant said, with the results of its calls where they came in."""
    rounds = [Round()]
    for part in parts:
        here = rounds[-1]
        if here.results and (not isinstance(part, Call) or part.begins_response):
            rounds.append(here := Round())
        if isinstance(part, Call):
            use = Use(ids.of(part), _name(part.name), _args(part.args), part.signature or {})
            here.parts.append(use)
            here.results.append(_result(part, use.id))
        elif isinstance(part, Text) and part.text.strip():
            here.parts.append(part)
        elif isinstance(part, Reasoning) and part.signature:
            here.parts.append(Thought(part.text, part.signature))
    for item in rounds:
        while item.parts and isinstance(item.parts[-1], Thought):
            item.parts.pop()  # reasoning that led to nothing, for it was cut off, is refused
    return rounds


def _name(name: str) -> str:
    """A call's name, in letters that every provider takes: the model may have made it up."""
    return name if TOOL_NAME.fullmatch(name) else re.sub(r"[^A-Za-z0-9_-]", "_", name)[:64] or "unnamed"


def _args(text: str) -> str:
    """The arguments as they were written, if they are what arguments must be."""
    try:
        found = parse(text)
        if not isinstance(found, dict):
            return "{}"
        mended = json.dumps(mend_value(found), ensure_ascii=False, allow_nan=False)
    except ValueError:
        return "{}"
    return text if mend_value(found) == found else mended


def _result(call: Call, call_id: str) -> Result:
    if not call.is_answered:
        return Result(call_id, _INTERRUPTED)
    text = _model_text(call.model_content)
    if text is None:
        text = call.result if isinstance(call.result, str) else json.dumps(call.result, ensure_ascii=False)
    return Result(call_id, text, call.is_error)


def _model_text(content: Any) -> str | None:
    """What the client wants the model to read, if it gave text."""
    items = content if isinstance(content, list) else []
    texts = [item.get("text") for item in items if isinstance(item, dict) and item.get("type") == "text"]
    return "\n".join(text for text in texts if isinstance(text, str)) if texts else None

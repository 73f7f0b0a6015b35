"""Tries an assistant without a server: `reply_to(Assistant(), "Weather?").text`."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, cast

from asgiref.sync import async_to_sync
from django.http import HttpRequest

from assistant_transport.assistants import Assistant, ReplyError
from assistant_transport.assistants.base import complete
from assistant_transport.http.commands import turn as make_turn
from assistant_transport.http.models import request_model
from assistant_transport.runs import Controller, StateDocument
from assistant_transport.transcript import Call, Part, Reasoning, Text, Transcript, Usage

Command = str | Mapping[str, Any]


@dataclass(frozen=True)
class Reply:
    """What a client has got once the reply is done."""

    state: Any  # the whole state; to go on with the conversation, give it to the next `reply_to`
    text: str  # what the assistant wrote in this reply, its texts joined by an empty line
    reasoning: str
    tool_calls: list[Call]  # of this reply; the arguments in `args` are JSON text
    usage: Usage
    operations: list[dict[str, Any]]  # the protocol's operations as they were made: `{type, path, value}`
    chunks: list[Any]  # assistant-stream's chunks, from the other methods of `turn.controller`
    error: str | None = None  # what the user reads where the assistant raised a ReplyError


def tool_result(call: Call, result: Any, *, is_error: bool = False) -> dict[str, Any]:
    """The command by which a client sends the result (any JSON) of its own tool."""
    fields = {"toolCallId": call.id, "toolName": call.name, "result": result, "isError": is_error}
    return {"type": "add-tool-result", **fields}


async def areply_to(
    assistant: Assistant,
    *commands: Command,
    state: Any = None,
    layout: str = "parts",
    tools: Mapping[str, Any] | None = None,
    system: str | None = None,
    call_settings: Mapping[str, Any] | None = None,
    config: Mapping[str, Any] | None = None,
    thread_id: str | None = None,
    request: HttpRequest | None = None,
    user: Any = None,
    owner: str | None = None,
    caller: Any = None,
) -> Reply:
    """Lets `assistant` answer one request, as the server would, and returns once the reply is done.

    `reply_to` is the same for synchronous code, such as a test with pytest-django's fixture `db`.

    Args:
        commands: what the client sends: a text is a message of the user's, an object is a command of the protocol or
            one of the assistant's own.
        state: the client's state before, any JSON; it is not changed.
        layout: how messages are laid out in the state, `parts` or `langchain`.

    The other arguments are those of `Turn`.

    Raises:
        pydantic.ValidationError, TranscriptError, InvalidTurnError: the server would answer 400.
        Exception: whatever the assistant raises, unless it is a ReplyError.
    """
    completed = complete(assistant, type(assistant).__name__)
    recorder = _Recorder()
    controller = Controller(cast(Any, recorder), deepcopy(state))
    parsed = request_model(completed.commands).model_validate(
        {
            "commands": [_message(command) if isinstance(command, str) else command for command in commands],
            "tools": tools,
            "system": system,
            "threadId": thread_id,
            "callSettings": call_settings,
            "config": config,
        }
    )
    turn = make_turn(
        parsed, parsed.options(), controller, layout, request=request, user=user, owner=owner, caller=caller
    )
    transcript = turn.transcript
    await completed.acheck(turn)
    before = {message.get("id") for message in transcript.messages}
    error = None
    try:
        await completed.reply(turn)
        await controller.close()
    except ReplyError as failure:
        error = str(failure)
    transcript.finish("error" if error else "completed")
    parts = _parts_of_reply(transcript, before)
    return Reply(
        state=controller.document.value,
        text="\n\n".join(part.text for part in parts if isinstance(part, Text)),
        reasoning="\n\n".join(part.text for part in parts if isinstance(part, Reasoning)),
        tool_calls=[part for part in parts if isinstance(part, Call)],
        usage=transcript.usage,
        operations=recorder.operations,
        chunks=recorder.chunks,
        error=error,
    )


reply_to = async_to_sync(areply_to)


class _Recorder:
    """Keeps what a run would send."""

    def __init__(self) -> None:
        self.operations: list[dict[str, Any]] = []
        self.chunks: list[Any] = []

    def set(self, path: str, value: str) -> None:
        self.operations.append({"type": "set", "path": json.loads(path), "value": json.loads(value)})

    def append_text(self, path: str, text: str) -> None:
        self.operations.append({"type": "append-text", "path": json.loads(path), "value": text})

    def put_nowait(self, chunk: Any) -> None:
        self.chunks.append(chunk)


def _message(text: str) -> dict[str, Any]:
    return {"type": "add-message", "message": {"role": "user", "parts": [{"type": "text", "text": text}]}}


def _parts_of_reply(transcript: Transcript, before: set[Any]) -> list[Part]:
    """The parts of the messages behind the user's last one, without those whose ids were there `before`."""
    messages = transcript.messages
    begin = max((i for i, message in enumerate(messages, 1) if transcript.is_user_message(message)), default=0)
    new = [message for message in messages[begin:] if message.get("id") not in before]
    reply = type(transcript)(StateDocument({"messages": new}, _Recorder()))
    return [part for entry in reply.entries() for part in entry.parts]

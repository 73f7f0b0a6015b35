"""Makes the turn of a request, by applying its commands to the transcript, in their order."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from assistant_transport.assistants import ToolResult, Turn
from assistant_transport.conf import on_change, settings
from assistant_transport.http.models import AddMessageCommand, AddToolResultCommand, AssistantRequest, Options
from assistant_transport.http.thread_store import KeptThread
from assistant_transport.runs import Controller
from assistant_transport.transcript import LAYOUTS, Transcript


class CallNotOpenError(Exception):
    """A tool result is for a call that waits for none. The text is for the client's developer."""


def turn(
    parsed: AssistantRequest,
    options: Options,
    controller: Controller,
    layout: str,
    kept: KeptThread | None = None,
    **caller: Any,
) -> Turn:
    """What the assistant is to answer.

    Args:
        controller: of the run; its state gets the request's messages and tool results.
        layout: how messages are laid out in the state, `parts` or `langchain`.
        kept: the thread whose state that is, where the server keeps it.
        caller: `request`, `user`, `owner` and `caller` of the turn.

    Raises:
        TranscriptError: the state, or a command for it, is not valid.
        CallNotOpenError: a result is for no open call of the thread that the server keeps.
    """
    transcript = LAYOUTS[layout](controller.document)
    if kept is not None:
        transcript.avoid_ids(kept.ids)
    with controller.document.trusting():
        results = _apply(parsed.commands, transcript, only_open=kept is not None)
    return Turn(
        transcript=transcript,
        text=transcript.last_user_text(),
        controller=controller,
        commands=parsed.commands,
        tool_results=results,
        tools=_declared_tools()
        | {name: tool.model_dump(exclude_unset=True) for name, tool in (parsed.tools or {}).items()},
        system=parsed.system,
        thread_id=parsed.threadId,
        call_settings=options.call_settings,
        config=options.config,
        **caller,
    )


@cache
def _declared_tools() -> dict[str, Any]:
    """The frontend's tools that requests need not list: those of CLIENT_TOOLS."""
    declared: dict[str, Any] = json.loads(settings.CLIENT_TOOLS or "{}")
    return declared


on_change(_declared_tools.cache_clear)


def _apply(commands: Iterable[Any], transcript: Transcript, *, only_open: bool) -> list[ToolResult]:
    """Writes messages and tool results into the transcript; returns the latter. Custom commands are the assistant's.

    With `only_open` a result has to be for an open call that no person is asked about.
    """
    results = []
    for command in commands:
        if isinstance(command, AddMessageCommand):
            _add_message(command, transcript)
        elif isinstance(command, AddToolResultCommand):
            if only_open:
                _check_open(command.toolCallId, transcript)
            results.append(_add_tool_result(command, transcript))
    return results


def _check_open(call_id: str, transcript: Transcript) -> None:
    waiting = {call for call, _ in transcript.pending_approvals()}
    if call_id not in transcript.open_calls() or call_id in waiting:
        raise CallNotOpenError(f"The call {call_id[:100]!r} waits for no result: it has one, or there is no such call.")


def _add_message(command: AddMessageCommand, transcript: Transcript) -> None:
    if command.sourceId is not None:
        transcript.edit(command.parentId, command.sourceId)
    message = command.message
    add = transcript.add_user_message if message.role == "user" else transcript.add_assistant_message
    add([part.content() for part in message.parts], message.id)


def _add_tool_result(command: AddToolResultCommand, transcript: Transcript) -> ToolResult:
    extra: dict[str, Any] = {"is_error": command.isError}
    if "artifact" in command.model_fields_set:
        extra["artifact"] = command.artifact
    if command.modelContent is not None:
        extra["model_content"] = command.modelContent
    name = transcript.add_tool_result(command.toolCallId, command.result, name=command.toolName, **extra)
    return ToolResult(command.toolCallId, name, command.result, command.isError)

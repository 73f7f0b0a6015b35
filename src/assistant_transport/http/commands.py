"""Applies a request's commands to the transcript, in their order."""

from collections.abc import Iterable
from typing import Any

from assistant_transport.assistants import ToolResult
from assistant_transport.http.models import AddMessageCommand, AddToolResultCommand
from assistant_transport.transcript import Transcript


def apply(commands: Iterable[Any], transcript: Transcript) -> list[ToolResult]:
    """Writes messages and tool results into the transcript; returns the latter. Custom commands are the assistant's.

    Raises:
        TranscriptError: a command makes no sense for this state.
    """
    results = []
    for command in commands:
        if isinstance(command, AddMessageCommand):
            _add_message(command, transcript)
        elif isinstance(command, AddToolResultCommand):
            results.append(_add_tool_result(command, transcript))
    return results


def _add_message(command: AddMessageCommand, transcript: Transcript) -> None:
    if command.sourceId is not None:
        transcript.edit(command.parentId, command.sourceId)
    transcript.add_user_message([part.content() for part in command.message.parts], command.message.id)


def _add_tool_result(command: AddToolResultCommand, transcript: Transcript) -> ToolResult:
    extra: dict[str, Any] = {"is_error": command.isError}
    if "artifact" in command.model_fields_set:
        extra["artifact"] = command.artifact
    if command.modelContent is not None:
        extra["model_content"] = command.modelContent
    name = transcript.add_tool_result(command.toolCallId, command.result, name=command.toolName, **extra)
    return ToolResult(command.toolCallId, name, command.result, command.isError)

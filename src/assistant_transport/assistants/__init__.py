"""Who answers: an assistant is an object with `async def reply(self, turn: Turn) -> None`."""

from assistant_transport.assistants.base import Assistant, BaseAssistant
from assistant_transport.assistants.errors import AssistantNotFoundError, InvalidTurnError, ReplyError
from assistant_transport.assistants.loading import load
from assistant_transport.assistants.turn import ToolResult, Turn

__all__ = [
    "Assistant",
    "AssistantNotFoundError",
    "BaseAssistant",
    "InvalidTurnError",
    "ReplyError",
    "ToolResult",
    "Turn",
    "load",
]

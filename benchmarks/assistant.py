"""The assistant with which this project is measured."""

from assistant_transport.assistants import Turn
from benchmarks.conversation import tokens


class Assistant:
    """Streams the reply that the user's text names."""

    async def reply(self, turn: Turn) -> None:
        message = turn.transcript.assistant_message()
        async for token in tokens(turn.text or ""):
            message.append_text(token)

"""The three wire formats: what a request looks like, and what the events of its answer say."""

from assistant_transport.assistants.llm.formats import chat, messages, responses
from assistant_transport.assistants.llm.formats.format import Format, ModelRequest
from assistant_transport.assistants.llm.formats.reader import StreamReader

CHAT, RESPONSES, MESSAGES = chat.FORMAT, responses.FORMAT, messages.FORMAT

__all__ = ["CHAT", "MESSAGES", "RESPONSES", "Format", "ModelRequest", "StreamReader"]

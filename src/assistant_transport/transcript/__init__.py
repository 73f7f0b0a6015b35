"""Writes messages into the streamed state, in the layout that the frontend renders."""

from assistant_transport.transcript.base import Transcript, TranscriptError
from assistant_transport.transcript.langchain import LangChainTranscript
from assistant_transport.transcript.parts import PartsTranscript
from assistant_transport.transcript.reading import Call, Entry, Image, Part, Reasoning, Text
from assistant_transport.transcript.writers import AssistantMessage, ReasoningWriter, ToolCall, Usage

LAYOUTS: dict[str, type[Transcript]] = {"parts": PartsTranscript, "langchain": LangChainTranscript}

__all__ = [
    "LAYOUTS",
    "AssistantMessage",
    "Call",
    "Entry",
    "Image",
    "Part",
    "Reasoning",
    "ReasoningWriter",
    "Text",
    "ToolCall",
    "Transcript",
    "TranscriptError",
    "Usage",
]

"""How messages are written into the streamed state, in the layout that the frontend renders."""

from transcript.base import Transcript, TranscriptError
from transcript.langchain import LangChainTranscript
from transcript.parts import PartsTranscript
from transcript.reading import Call, Entry, Image, Part, Reasoning, Text
from transcript.writers import AssistantMessage, ReasoningWriter, ToolCall, Usage

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

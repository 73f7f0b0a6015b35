"""The two encodings of assistant-transport: data-stream lines and server-sent events.

A client's `protocol` option picks the decoder, whatever the content type says; both decoders are strict by
default, so each frame here is whole, known and ends as they expect (npm assistant-stream 0.3.44).
"""

import json
from typing import Any, ClassVar, Protocol

from assistant_transport.runs import assistant_stream_internals as upstream
from assistant_transport.runs.strict_json import encode, quote


class Encoder(Protocol):
    """Writes one stream's frames, as text."""

    content_type: ClassVar[str]
    heartbeat: ClassVar[bytes]  # what keeps an idle connection open, and means nothing to the client

    def state(self, operations: list[str]) -> str:
        """A frame of state operations, each given as JSON."""

    def chunk(self, chunk: Any) -> str:
        """The frames of an assistant-stream chunk.

        Raises:
            ValueError, TypeError: it holds something that is not JSON for a strict client.
        """

    def error(self, message: str) -> str:
        """An error frame. An empty message would read as success."""

    def end(self) -> str:
        """What must come last for the stream to count as whole."""


class DataStreamEncoder(Encoder):
    """`code:JSON` lines. Only `aui-state` and `3` (an error) move an assistant-transport client."""

    content_type = "text/plain; charset=utf-8"
    heartbeat = b"\n"

    def __init__(self) -> None:
        self._chunks = upstream.DataStreamEncoder()

    def state(self, operations: list[str]) -> str:
        return f"aui-state:[{','.join(operations)}]\n"

    def chunk(self, chunk: Any) -> str:
        line = self._chunks.encode_chunk(chunk)
        code, _, value = line.partition(":")
        return f"{code}:{encode(json.loads(value))}\n"

    def error(self, message: str) -> str:
        return f"3:{quote(message)}\n"

    def end(self) -> str:
        return ""


class AssistantTransportEncoder(Encoder):
    """Server-sent events, ended by `[DONE]`, after an error too."""

    content_type = "text/event-stream"
    heartbeat = b": heartbeat\n\n"

    def __init__(self) -> None:
        self._canonicalizer = upstream.Canonicalizer()

    def state(self, operations: list[str]) -> str:
        return f'data: {{"type":"update-state","operations":[{",".join(operations)}]}}\n\n'

    def chunk(self, chunk: Any) -> str:
        return _events(self._canonicalizer.translate(chunk))

    def error(self, message: str) -> str:
        return f'data: {{"type":"error","error":{quote(message)}}}\n\n'

    def end(self) -> str:
        return _events(self._canonicalizer.close()) + "data: [DONE]\n\n"


def ending(encoding: str, message: str) -> bytes:
    """An error and the clean end of a stream that nobody will write any more."""
    encoder = ENCODERS[encoding]()
    return (encoder.error(message) + encoder.end()).encode()


def _events(frames: list[dict[str, Any]]) -> str:
    return "".join(f"data: {encode(frame)}\n\n" for frame in frames)


# By the names that the client's `protocol` option has.
ENCODERS: dict[str, type[Encoder]] = {
    "data-stream": DataStreamEncoder,
    "assistant-transport": AssistantTransportEncoder,
}

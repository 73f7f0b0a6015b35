"""The two encodings of assistant-transport: data-stream lines and server-sent events.

A client's `protocol` option chooses the decoder, whatever the content type. Both decoders are strict by default (npm
assistant-stream 0.3.44): each frame must be whole and of a known kind, and the stream must end as they expect.
"""

import json
from typing import Any, ClassVar, Protocol

from assistant_transport.runs import assistant_stream_internals as upstream
from assistant_transport.runs.strict_json import encode, quote


class Encoder(Protocol):
    """Writes one stream's frames, as text."""

    name: ClassVar[str]  # the value of the client's `protocol` option
    content_type: ClassVar[str]
    heartbeat: ClassVar[bytes]  # keeps an idle connection open; clients ignore it

    def state(self, operations: list[str]) -> str:
        """A frame of state operations, each given as JSON."""

    def chunk(self, chunk: Any) -> str:
        """The frames of an assistant-stream chunk.

        Raises:
            ValueError, TypeError: it holds something that is not JSON for a strict client.
        """

    def error(self, message: str) -> str:
        """An error frame. `message` must not be empty: a client would take it for success."""

    def end(self) -> str:
        """What must come last, or clients take the stream for cut off."""


class DataStreamEncoder(Encoder):
    """`code:JSON` lines. An assistant-transport client reacts to `aui-state` and `3` (an error) only."""

    name = "data-stream"
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

    name = "assistant-transport"
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


def ending(encoding: str, message: str | None) -> bytes:
    """An error frame, if there is a message, and the clean end, for a stream whose own encoder is gone."""
    encoder = ENCODERS[encoding]()
    return ((encoder.error(message) if message else "") + encoder.end()).encode()


def _events(frames: list[dict[str, Any]]) -> str:
    return "".join(f"data: {encode(frame)}\n\n" for frame in frames)


_ALL: tuple[type[Encoder], ...] = (DataStreamEncoder, AssistantTransportEncoder)
ENCODERS = {encoder.name: encoder for encoder in _ALL}

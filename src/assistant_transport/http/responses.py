"""Runs as streaming responses with headers that keep proxies from buffering them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from functools import partial

from django.http import HttpRequest, StreamingHttpResponse

from assistant_transport.conf import settings
from assistant_transport.http import registry
from assistant_transport.runs import ENCODERS, AssistantTransportEncoder, Feed, Head, Run, pieces

Write = Callable[[bytes], Awaitable[None]]
Send = Callable[[Write], Awaitable[None]]

REPLAY_LENGTH = "Aui-Replay-Content-Length"


def encoding_for(request: HttpRequest) -> str:
    """The encoding that the request asks for: SSE by its Accept header, else what ASSISTANT_PROTOCOL says."""
    sse = "text/event-stream" in request.META.get("HTTP_ACCEPT", "")
    return AssistantTransportEncoder.name if sse else settings.ASSISTANT_PROTOCOL


def live(run: Run, work: Callable[[], Awaitable[None]], on_end: Callable[[Run], object]) -> StreamingHttpResponse:
    """The response that streams `run` while `work` writes it; `on_end` is called when the run has ended."""
    runs = registry.runs()
    arguments = run, work, settings.HEARTBEAT_SECONDS, on_end
    return _stream(run.head, runs.stream(*arguments), partial(runs.send, *arguments))


def replay(head: Head, feed: Feed, *, from_state: bool) -> StreamingHttpResponse:
    """The response that replays a run from its beginning and then continues live.

    With `from_state` it first sets the state to what it was before the run. A client that has a later state would
    otherwise append text twice.
    """
    encoder = ENCODERS[head.encoding]()
    first = encoder.state([f'{{"type":"set","path":[],"value":{head.state}}}']).encode() if from_state else b""
    length = len(first) + feed.size
    frames_from_now = feed.read(encoder.heartbeat, settings.HEARTBEAT_SECONDS)  # not later: they may be replaced

    async def body() -> AsyncIterator[bytes]:
        if first:
            for piece in pieces([first]):
                yield piece
                await asyncio.sleep(0)
        async with aclosing(frames_from_now) as reader:
            async for frames in reader:
                yield frames
        if not feed.cut_off:
            registry.runs().log.note_read(head)

    response = _stream(head, body())
    # How much is history, on which a client must not act again: it would run its tools a second time.
    response.headers[REPLAY_LENGTH] = str(length)
    return response


class FrameResponse(StreamingHttpResponse):
    """A stream of frames that can also be written without Django's iterators, unless a middleware wraps its content.

    Args:
        body: the content, for Django and for middleware.
        send: writes the same content by the function that it is given.
    """

    def __init__(self, body: AsyncIterator[bytes], send: Send | None, headers: dict[str, str]) -> None:
        super().__init__(body, headers=headers)
        self._body = body
        self._send = send

    @property
    def send(self) -> Send | None:
        """Writes the content; None where that is not what `send` writes any more."""
        return self._send if getattr(self, "_iterator", None) is self._body else None


def _stream(head: Head, body: AsyncIterator[bytes], send: Send | None = None) -> FrameResponse:
    return FrameResponse(
        body,
        send,
        headers={
            "Content-Type": ENCODERS[head.encoding].content_type,
            "X-Run-Id": head.id,
            "Cache-Control": "no-cache, no-transform",
            "X-Accel-Buffering": "no",
        },
    )

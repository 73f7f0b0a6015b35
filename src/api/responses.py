"""A run as an HTTP response that nothing on its way buffers."""

from collections.abc import Awaitable, Callable

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse

from runs import PROTOCOLS, Run, Wire


def wire_for(request: HttpRequest) -> Wire:
    """The encoding that the request asks for: SSE by its Accept header, else what ASSISTANT_PROTOCOL says."""
    sse = "text/event-stream" in request.headers.get("Accept", "")
    return PROTOCOLS["assistant-transport" if sse else settings.ASSISTANT_PROTOCOL]()


def stream(run: Run, work: Callable[[], Awaitable[None]]) -> StreamingHttpResponse:
    """The response that carries `run` while `work` writes it."""
    return StreamingHttpResponse(
        run.stream(work, heartbeat=settings.HEARTBEAT_SECONDS),
        headers={
            "Content-Type": run.wire.content_type,
            "X-Run-Id": run.id,
            "Cache-Control": "no-cache, no-transform",
            "X-Accel-Buffering": "no",
        },
    )

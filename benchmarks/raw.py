"""The lower limit: an ASGI application that only sends the prepared bytes of the same reply."""

import json
import os
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

from benchmarks.conversation import TOKENS, tokens, user_message

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_STREAM = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-cache, no-transform")]
_ASSISTANT = '{"id":"00000000-0000-4000-8000-000000000000","role":"assistant","parts":[{"type":"text","text":""}]}'


def _set(path: str, value: str) -> str:
    return f'aui-state:[{{"type":"set","path":{path},"value":{value}}}]\n'


_BEGIN = {
    kind: (_set('["messages","0"]', json.dumps(user_message(kind))) + _set('["messages","1"]', _ASSISTANT)).encode()
    for kind in TOKENS
}
_END = _set('["provider"]', '"completed"').encode()


async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        for phase in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{phase}.complete"})
        return
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": _STREAM})
    if scope["path"] == "/assistant":
        await _reply(next(kind for kind in _BEGIN if f'"{kind}"'.encode() in body), send)
    await send({"type": "http.response.body", "body": b""})


async def _reply(kind: str, send: Send) -> None:
    await send({"type": "http.response.body", "body": _BEGIN[kind], "more_body": True})
    async for token in tokens(kind):
        frame = f'aui-state:[{{"type":"append-text","path":["messages","1","parts","0","text"],"value":"{token}"}}]\n'
        await send({"type": "http.response.body", "body": frame.encode(), "more_body": True})
    await send({"type": "http.response.body", "body": _END, "more_body": True})


if __name__ == "__main__":
    port = int(os.environ["PORT"])
    uvicorn.run(app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", access_log=False)

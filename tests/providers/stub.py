"""The stub itself: an HTTP server on a real socket, in a thread of its own."""

import asyncio
import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.providers.answers import Answer, Refuse
from tests.providers.formats import FORMATS, Format

Reaction = Answer | Refuse
_BY_PATH = {found.path: found for found in FORMATS.values()}


@dataclass(frozen=True)
class Request:
    """What the stub was asked, and by which format."""

    format: Format
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def conversation(self) -> list[Any]:
        return self.format.conversation(self.body)


class Stub:
    """Answers what `react` says for a request, by default what was queued by `answer`, one after the other."""

    def __init__(
        self,
        react: Callable[[Request], Reaction] | None = None,
        port: int = 0,
        new_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop,
    ) -> None:
        self.requests: list[Request] = []
        self.asked = threading.Semaphore(0)  # once for each request
        self.closed = threading.Semaphore(0)  # once for each answer that its reader has left
        self._queue: deque[Reaction] = deque()
        self._react = react or (lambda request: self._queue.popleft())
        self._loop = new_loop()
        self._steps = asyncio.Semaphore(0)
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", port))
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def answer(self, *reactions: Reaction) -> None:
        """What the next requests get."""
        self._queue.extend(reactions)

    def step(self) -> None:
        """Lets an answer in lock-step send its next frame."""
        self._loop.call_soon_threadsafe(self._steps.release)

    def forget(self) -> None:
        """Forgets what was asked and queued: the next test begins."""
        self.requests.clear()
        self._queue.clear()
        self.asked, self.closed = threading.Semaphore(0), threading.Semaphore(0)
        self._steps = asyncio.Semaphore(0)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await _head(reader):
                path, headers = head
                body = json.loads(await reader.readexactly(int(headers["content-length"])))
                request = Request(_BY_PATH[path], headers, body)
                self.requests.append(request)
                reaction = self._react(request)
                self.asked.release()
                if isinstance(reaction, Refuse):
                    _refuse(writer, reaction)
                elif not await self._stream(request, reaction, reader, writer):
                    return
        except ConnectionError:
            return
        finally:
            writer.close()

    async def _stream(
        self, request: Request, answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Sends an answer; False if the connection did not survive it."""
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
            b"x-request-id: req_of_stub\r\nrequest-id: req_of_stub\r\n\r\n"
        )
        left = asyncio.create_task(reader.read(1))  # a client says nothing more until it has read all, or goes
        try:
            pieces = deque(answer.pieces) if answer.lock_step else deque()
            for frame in request.format.frames(answer, request.body):
                if pieces and json.dumps(pieces[0])[1:-1] in frame:
                    pieces.popleft()
                    step = asyncio.create_task(self._steps.acquire())
                    await asyncio.wait((step, left), return_when=asyncio.FIRST_COMPLETED)
                    step.cancel()
                if left.done():
                    self.closed.release()
                    return False
                data = frame.encode()
                writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
                await writer.drain()
                if answer.pause:
                    await asyncio.sleep(answer.pause)
            if answer.end == "cut":
                writer.transport.abort()
                return False
            writer.write(b"0\r\n\r\n")
            await writer.drain()
            return answer.end != "eof"
        except ConnectionError:
            self.closed.release()
            return False
        finally:
            left.cancel()
            await asyncio.gather(left, return_exceptions=True)


async def _head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]] | None:
    try:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    headers = dict(line.split(": ", 1) for line in lines[1:] if line)
    return lines[0].split()[1].partition("?")[0], {name.lower(): value for name, value in headers.items()}


def _refuse(writer: asyncio.StreamWriter, refusal: Refuse) -> None:
    body = (refusal.body if isinstance(refusal.body, str) else json.dumps(refusal.body)).encode()
    kind = "text/plain" if isinstance(refusal.body, str) else "application/json"
    headers = {"content-type": kind, "content-length": str(len(body)), "x-request-id": "req_of_stub"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in (headers | refusal.headers).items())
    writer.write(f"HTTP/1.1 {refusal.status} No\r\nrequest-id: req_of_stub\r\n{lines}\r\n".encode() + body)

"""The client keeps connections, ends with its answers, and notices whatever a server may do to it."""

import asyncio
import gc
import gzip

import pytest

from assistant_transport.assistants.llm.http import Client, UnreachableError
from tests.assistants.llm.http.scripted import PATIENCE, Peer, Scripted, answering, body, client, play, run
from tests.server import free_port


def test_a_request_has_what_it_must_and_an_answer_its_status_headers_and_body() -> None:
    async def ask(asked: Client) -> None:
        async with asked.post("/chat", b'{"a": 1}', PATIENCE) as response:
            assert response.status == 200
            assert response.headers["x-request-id"] == "7"
            assert await response.read_up_to(100) == b"hello"

    async def handle(peer: Peer) -> None:
        await peer.request()
        await peer.answer("hello", "X-Request-Id: 7")

    with Scripted(handle) as server:
        play(ask, server)
        head, _, sent = server.peers[0].requests[0].partition(b"\r\n\r\n")
        assert sent == b'{"a": 1}'
        assert head.split(b"\r\n") == [
            b"POST /v1/chat HTTP/1.1",
            f"Host: 127.0.0.1:{server.port}".encode(),
            b"Accept-Encoding: identity",
            b"Authorization: Bearer key",
            b"Content-Length: 8",
        ]


def test_a_connection_is_kept_for_the_next_request() -> None:
    async def ask(asked: Client) -> None:
        assert [await body(asked) for _ in range(3)] == [b"hello"] * 3

    with Scripted(answering) as server:
        play(ask, server)
        assert [len(peer.requests) for peer in server.peers] == [3]


def test_requests_at_the_same_time_have_a_connection_each() -> None:
    async def ask(asked: Client) -> None:
        await asyncio.gather(*(body(asked) for _ in range(5)))

    met = 0

    async def handle(peer: Peer) -> None:
        nonlocal met
        await peer.request()
        met += 1
        while met < 5:
            await asyncio.sleep(0.001)
        await peer.answer()

    with Scripted(handle) as server:
        play(ask, server)
        assert len(server.peers) == 5


def test_one_that_the_server_has_closed_meanwhile_is_replaced() -> None:
    async def ask(asked: Client) -> None:
        assert [await body(asked) for _ in range(3)] == [b"hello"] * 3

    async def handle(peer: Peer) -> None:
        """Answers once, and leaves only when it is asked again."""
        await peer.request()
        await peer.answer()
        await peer.request()

    with Scripted(handle) as server:
        play(ask, server)
        assert len(server.peers) == 3


@pytest.mark.parametrize("lines", [["Connection: close"], ["Keep-Alive: timeout=1", "Connection: Close"]])
def test_one_that_the_server_will_close_is_not_kept(lines: list[str]) -> None:
    async def ask(asked: Client) -> None:
        assert [await body(asked) for _ in range(2)] == [b"hello"] * 2

    async def handle(peer: Peer) -> None:
        await peer.request()
        await peer.answer("hello", *lines)

    with Scripted(handle) as server:
        play(ask, server)
        assert [len(peer.requests) for peer in server.peers] == [1, 1]


def test_an_answer_that_is_not_read_to_its_end_keeps_its_connection_if_the_end_comes_soon() -> None:
    async def ask(asked: Client) -> None:
        for _ in range(2):
            async with asked.post("/chat", b"{}", PATIENCE) as response:
                assert await response.read() == b"a"
            while not asked.idle:
                await asyncio.sleep(0.001)

    async def handle(peer: Peer) -> None:
        while await peer.request():
            await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
            await asyncio.sleep(0.01)
            await peer.send("1\r\nb\r\n0\r\n\r\n")

    with Scripted(handle) as server:
        play(ask, server)
        assert len(server.peers) == 1


SAYS: list[tuple[str, bytes]] = [
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", b"hello"),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nhe\r\n3\r\nllo\r\n0\r\nA: b\r\n\r\n",
        b"hello",
    ),
    ("HTTP/1.1 200 OK\r\n\r\nhello", b"hello"),
    ("HTTP/1.0 200 OK\r\n\r\nhello", b"hello"),
    ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
    ("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
    ("HTTP/1.1 204 No Content\r\n\r\n", b""),
]


@pytest.mark.parametrize("cut", [True, False])
@pytest.mark.parametrize(("says", "gives"), SAYS)
def test_a_body_may_come_in_any_way(says: str, gives: bytes, cut: bool) -> None:
    async def handle(peer: Peer) -> None:
        await peer.request()
        for piece in says if cut else [says]:
            await peer.send(piece)
            await asyncio.sleep(0)

    with Scripted(handle) as server:
        assert play(body, server) == gives


def test_a_compressed_body_is_read_though_none_was_asked_for() -> None:
    data = gzip.compress(b"hello " * 1000)

    async def handle(peer: Peer) -> None:
        await peer.request()
        await peer.send(f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(data)}\r\n\r\n")
        for byte in data:
            await peer.send(bytes([byte]))

    with Scripted(handle) as server:
        assert play(body, server) == b"hello " * 1000


def test_who_stops_reading_in_the_middle_closes_the_connection_at_once() -> None:
    left = asyncio.Event()

    async def ask(asked: Client) -> None:
        async with asked.post("/chat", b"{}", PATIENCE) as response:
            await response.read()
            raise asyncio.CancelledError

    async def handle(peer: Peer) -> None:
        await silent_part(peer)
        assert not await peer.reader.read(1)
        left.set()

    async def silent_part(peer: Peer) -> None:
        await peer.request()
        await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")

    with Scripted(handle) as server:
        with pytest.raises(asyncio.CancelledError):
            play(ask, server)
        asyncio.run_coroutine_threadsafe(left.wait(), server.loop).result(60)


def test_a_server_that_sends_faster_than_is_read_waits() -> None:
    megabytes = 64

    async def ask(asked: Client) -> None:
        async with asked.post("/chat", b"{}", PATIENCE) as response:
            first = await response.read()
            await asyncio.sleep(0.3)
            waiting = await response.read()
            assert len(waiting) < 8 * 1024 * 1024
            rest = await response.read_up_to(10**9)
            assert len(first) + len(waiting) + len(rest) == megabytes * 1024 * 1024

    async def handle(peer: Peer) -> None:
        await peer.request()
        await peer.send(f"HTTP/1.1 200 OK\r\nContent-Length: {megabytes * 1024 * 1024}\r\n\r\n")
        for _ in range(megabytes):
            await peer.send(bytes(1024 * 1024))

    with Scripted(handle) as server:
        play(ask, server)


def test_a_server_that_is_not_there_cannot_be_reached() -> None:
    with pytest.raises(UnreachableError):
        run(body(Client(f"http://127.0.0.1:{free_port()}", {})))
    with pytest.raises(UnreachableError):
        run(body(Client("http://no-such-host.invalid", {})))


@pytest.mark.parametrize("value", ["key\nHost: elsewhere", "ключ", "key\x00"])
def test_a_header_that_cannot_be_sent_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="the header Authorization"):
        Client("http://127.0.0.1", {"Authorization": value})


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # what the first loop left behind
def test_a_client_serves_one_event_loop_after_the_other() -> None:
    with Scripted(answering) as server:
        asked = client(server)
        assert run(body(asked)) == run(body(asked), asked) == b"hello"
        del asked
        gc.collect()

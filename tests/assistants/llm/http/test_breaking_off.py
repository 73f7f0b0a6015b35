"""Answers that break off, are no HTTP or fall silent are noticed, and what had come before is given."""

import asyncio

import pytest

from assistant_transport.assistants.llm.http import BrokenError, Client, SilentError
from tests.assistants.llm.http.scripted import PATIENCE, Handle, Peer, Scripted, body, play


async def cut(peer: Peer) -> None:
    await peer.request()
    await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")


async def reset(peer: Peer) -> None:
    await peer.request()
    await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    peer.writer.transport.abort()


async def nothing(peer: Peer) -> None:
    await peer.request()


async def another_protocol(peer: Peer) -> None:
    await peer.send("SSH-2.0-OpenSSH_9.9\r\n")


async def no_chunk(peer: Peer) -> None:
    await peer.request()
    await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n")


@pytest.mark.parametrize("handle", [cut, reset, nothing, another_protocol, no_chunk])
def test_what_breaks_off_or_is_no_http_is_noticed(handle: Handle) -> None:
    with Scripted(handle) as server, pytest.raises(BrokenError):
        play(body, server)


def test_what_came_before_the_break_is_given_first() -> None:
    async def ask(asked: Client) -> None:
        async with asked.post("/chat", b"{}", PATIENCE) as response:
            assert await response.read() == b"hello"
            with pytest.raises(BrokenError):
                await response.read()

    with Scripted(cut) as server:
        play(ask, server)


async def silent(peer: Peer) -> None:
    await peer.request()
    await asyncio.Event().wait()


async def silent_later(peer: Peer) -> None:
    await peer.request()
    await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
    await asyncio.Event().wait()


@pytest.mark.parametrize("handle", [silent, silent_later])
def test_a_server_that_falls_silent_is_given_up(handle: Handle) -> None:
    with Scripted(handle) as server, pytest.raises(SilentError):
        play(body, server, 0.1)


def test_every_byte_counts_as_a_sign_of_life() -> None:
    async def handle(peer: Peer) -> None:
        await peer.request()
        await peer.send("HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(26):
            await peer.send(":\n")
            await asyncio.sleep(0.1)

    with Scripted(handle) as server:
        assert play(body, server, 2.0) == b":\n" * 26  # which take longer together

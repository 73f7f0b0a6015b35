"""What the server uses of uvicorn and uvicorn-worker beyond their documented API is there, and used in one place."""

import asyncio
import inspect
import re
from unittest.mock import Mock

import httptools
import pytest
import uvicorn
from uvicorn.lifespan.on import LifespanOn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState
from uvicorn_worker import UvicornWorker

from assistant_transport.serving.uvicorn_internals import HttpProtocol
from tests.server import ROOT

SERVING = ROOT / "src/assistant_transport/serving"


async def application(scope: object, receive: object, send: object) -> None: ...


def test_uvicorns_modules_are_imported_in_one_place() -> None:
    sources = {path: path.read_text() for path in (ROOT / "src").rglob("*.py")}
    inside = re.compile(r"^\s*(?:from|import) uvicorn\.", re.MULTILINE)
    assert [path for path, text in sources.items() if inside.search(text)] == [SERVING / "uvicorn_internals.py"]
    worker = re.compile(r"^\s*from uvicorn_worker ", re.MULTILINE)
    assert [path for path, text in sources.items() if worker.search(text)] == [SERVING / "worker.py"]


def test_the_server_has_what_is_used_of_it() -> None:
    server = uvicorn.Server(uvicorn.Config(application))
    assert callable(server.handle_exit)
    assert inspect.iscoroutinefunction(server.on_tick)
    assert inspect.iscoroutinefunction(server.shutdown)
    assert server.force_exit is False
    assert server.server_state.connections == set()
    assert LifespanOn(server.config).state == {}


def test_a_connection_has_what_is_used_of_it() -> None:
    async def main() -> None:
        config = uvicorn.Config(application, timeout_keep_alive=7)
        connection = HttpToolsProtocol(config, ServerState(), {})
        assert connection.loop is asyncio.get_running_loop()
        assert connection.timeout_keep_alive == 7
        assert callable(connection.timeout_keep_alive_handler)
        connection.timeout_keep_alive_task = timer = connection.loop.call_later(60, print)
        connection._unset_keepalive_if_required()
        assert timer.cancelled()
        connection.on_message_begin()
        connection.on_header(b"A", b"b")
        assert connection.headers == [(b"a", b"b")]

    asyncio.run(main())
    assert STATUS_LINE[431].startswith(b"HTTP/1.1 431 ")


def test_whoever_writes_waits_while_the_client_does_not_read() -> None:
    async def main() -> None:
        connection = HttpProtocol(uvicorn.Config(application), ServerState(), {})
        connection.connection_made(Mock(get_extra_info=lambda _: None))
        writing = asyncio.create_task(connection.flow.drain())
        await writing
        connection.pause_writing()
        several = [asyncio.create_task(connection.flow.drain()) for _ in range(2)]
        await asyncio.sleep(0)
        assert not any(task.done() for task in several)
        several[0].cancel()
        connection.resume_writing()
        await several[1]
        connection.connection_lost(None)

    asyncio.run(main())


def test_an_error_in_a_callback_is_answered_by_the_method_that_is_replaced() -> None:
    class Refusing(HttpToolsProtocol):
        answered = False

        def on_header(self, name: bytes, value: bytes) -> None:
            raise httptools.HttpParserError

        def send_400_response(self, msg: str) -> None:
            self.answered = True

    async def main() -> None:
        connection = Refusing(uvicorn.Config(application), ServerState(), {})
        connection.data_received(b"GET / HTTP/1.1\r\nA: b\r\n\r\n")
        assert connection.answered

    asyncio.run(main())


@pytest.mark.parametrize("name", ["CONFIG_KWARGS", "_install_sigquit_handler", "_serve", "init_signals", "notify"])
def test_the_worker_has_what_is_used_of_it(name: str) -> None:
    assert hasattr(UvicornWorker, name)

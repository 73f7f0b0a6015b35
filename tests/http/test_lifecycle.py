"""What a process does before its first request."""

from tests.conftest import StartServer
from tests.wire import Client


def test_what_is_loaded_at_the_start_is_not_searched_for_garbage_again(start_server: StartServer) -> None:
    server = start_server(ASSISTANT="acme.assistants.Frozen")
    state, _ = Client(server.host, server.port).say("go").follow()
    assert int(state["messages"][-1]["parts"][0]["text"]) > 50_000

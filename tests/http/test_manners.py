"""Routes, methods, hosts, CORS and headers, as a browser, a probe and an attacker meet them."""

import pytest

from tests.conftest import StartServer
from tests.server import NAME
from tests.wire import Client

ORIGIN = "http://localhost:3000"
PROBES = ("/health/live", "/health/ready", "/health/startup")


def test_health_says_who_answers(client: Client) -> None:
    assert client.get("/health").json() == {
        "status": "healthy",
        "service": NAME,
        "version": "0.1.0",
    }


@pytest.mark.parametrize("path", PROBES)
def test_probes_answer_200(client: Client, path: str) -> None:
    assert client.get(path).status == 200


@pytest.mark.parametrize("path", ["/health", *PROBES])
def test_probes_answer_whatever_the_host(client: Client, path: str) -> None:
    assert client.get(path, Host="10.1.2.3:8002").status == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "a b", ""])
def test_another_host_is_a_400_elsewhere(client: Client, host: str) -> None:
    for path in ("/", "/openapi.json", "/static/page.css"):
        reply = client.get(path, Host=host)
        assert reply.status == 400
        assert "error" in reply.json()
    assert client.request("POST", "/assistant", {"commands": []}, Host=host).status == 400


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/assistant", "POST"), ("/health", "GET, HEAD"), ("/health/ready", "GET, HEAD"), ("/openapi.json", "GET, HEAD")],
)
def test_another_method_is_a_405_with_allow(client: Client, path: str, allowed: str) -> None:
    reply = client.request("DELETE", path)
    assert reply.status == 405
    assert reply.headers["Allow"] == allowed
    assert allowed in reply.json()["error"]


@pytest.mark.parametrize("path", ["/nowhere", "/assistant/", "/static/nothing.css", "/health/nothing"])
def test_an_unknown_path_is_a_404_in_the_error_shape(client: Client, path: str) -> None:
    reply = client.get(path)
    assert reply.status == 404
    assert path in reply.json()["error"]


def test_debug_shows_no_more_than_that(start_server: StartServer) -> None:
    server = start_server(DEBUG="true")
    reply = Client(server.host, server.port).get("/nowhere")
    assert reply.status == 404
    assert reply.json() == {"error": "There is nothing at /nowhere.", "code": "not_found"}


def test_the_plain_page_says_what_this_is_and_its_style_is_served(start_server: StartServer) -> None:
    server = start_server(CHAT_PAGE="false")
    client = Client(server.host, server.port)
    reply = client.get("/")
    assert reply.status == 200
    page = reply.body().decode()
    assert "An assistant streams here" in page
    assert f"curl -N http://{client.host}:{client.port}/assistant" in page
    style = client.get("/static/page.css")
    assert style.status == 200
    assert style.headers["Content-Type"].startswith("text/css")


def test_a_preflight_from_an_allowed_origin_passes(client: Client) -> None:
    reply = client.request(
        "OPTIONS",
        "/assistant",
        Origin=ORIGIN,
        Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="content-type,x-client-id,authorization",
    )
    assert reply.status == 200
    assert reply.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Credentials" not in reply.headers
    allowed = {name.strip() for name in reply.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"content-type", "x-client-id", "authorization", "*"} <= allowed
    assert "POST" in reply.headers["Access-Control-Allow-Methods"]


def test_cookies_are_welcome_from_there_if_asked_for(start_server: StartServer) -> None:
    server = start_server(CORS_ALLOW_CREDENTIALS="true")
    reply = Client(server.host, server.port).get("/health", Origin=ORIGIN)
    assert reply.headers["Access-Control-Allow-Credentials"] == "true"


def test_a_stream_exposes_its_headers_to_an_allowed_origin(client: Client) -> None:
    with client.request("POST", "/assistant", {"commands": []}, Origin=ORIGIN) as reply:
        assert reply.headers["Access-Control-Allow-Origin"] == ORIGIN
        exposed = {name.strip() for name in reply.headers["Access-Control-Expose-Headers"].split(",")}
        assert exposed == {"X-Run-Id", "X-Request-ID", "Retry-After", "Aui-Replay-Content-Length"}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://["])
def test_a_foreign_origin_gets_no_allow_headers(client: Client, origin: str) -> None:
    with client.request("POST", "/assistant", {"commands": []}, Origin=origin) as reply:
        assert not [name for name in reply.headers if name.lower().startswith("access-control-allow")]


@pytest.mark.parametrize("path", ["/", "/health", "/nowhere", "/static/page.css"])
def test_an_answer_of_known_length_says_it(client: Client, path: str) -> None:
    reply = client.get(path)
    assert reply.headers["Content-Length"] == str(len(reply.body()))
    assert "Transfer-Encoding" not in reply.headers


@pytest.mark.parametrize("path", ["/", "/health", "/nowhere", "/static/page.css"])
def test_no_answer_may_be_shown_as_what_it_is_not(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in headers


def test_a_reply_has_only_the_headers_that_it_needs(client: Client) -> None:
    with client.request("POST", "/assistant", {"commands": []}) as reply:
        assert {name.title() for name in reply.headers} == {
            "Cache-Control",
            "Content-Type",
            "Date",
            "Transfer-Encoding",
            "Vary",  # by django-cors-headers
            "X-Accel-Buffering",
            "X-Content-Type-Options",
            "X-Request-Id",
            "X-Run-Id",
        }


def test_a_page_may_load_only_its_own_and_be_framed_by_nobody(client: Client) -> None:
    headers = client.get("/").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")

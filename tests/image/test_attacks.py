"""Attacks on the composed system, with nginx.conf and nginx.limits.conf as they are.

Each attack must be cut off or refused while an earlier reply continues. Its reader asks for each word and waits for it,
so nothing here depends on the clock. docs/benchmarks.md has what an attack costs.
"""

import json
from collections.abc import Iterator

import pytest

from tests.image.attack import Attacker, Victim
from tests.image.conftest import OVERRIDE, PROJECT, Stack
from tests.server import ROOT

HOST = b"Host: localhost\r\n"
POST = b"POST /assistant HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
CHUNKED = POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def stack(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    assistant, limits = "acme.assistants.LockStep", ROOT / "nginx.limits.conf"
    override = OVERRIDE.format(limits=limits, fixtures=ROOT / "tests/fixtures", assistant=assistant)
    running = Stack(f"{PROJECT}-attacks", tmp_path_factory.mktemp("attacks"), override)
    yield running
    running.down()


@pytest.fixture
def victim(stack: Stack) -> Iterator[Victim]:
    """A reply that begins before the attack, continues during it, and arrives complete."""
    reply = Victim(stack)
    yield reply
    reply.next_word()
    reply.end()


def cut_off(attackers: list[Attacker], victim: Victim, more: bytes) -> None:
    """Has attackers send `more` repeatedly until all are cut off, while the victim's words keep arriving."""
    while sum(attacker.look() for attacker in attackers) < len(attackers):
        victim.next_word()
        if victim.words % 10 == 0:
            for attacker in attackers:
                attacker.send(more)


def test_slow_headers_are_cut_off(stack: Stack, victim: Victim) -> None:
    attackers = [Attacker(stack, b"POST /assistant HTTP/1.1\r\n" + HOST + b"X-Slow: ") for _ in range(200)]
    victim.next_word()
    cut_off(attackers, victim, more=b"a")


def test_silent_connections_are_cut_off(stack: Stack, victim: Victim) -> None:
    cut_off([Attacker(stack, b"") for _ in range(200)], victim, more=b"")


def test_unfinished_bodies_are_cut_off_and_never_reach_the_app(stack: Stack, victim: Victim) -> None:
    begun = POST + b"Content-Length: 1000000\r\n\r\n" + b'{"commands": ['
    cut_off([Attacker(stack, begun) for _ in range(30)], victim, more=b"")
    lines = [line.partition("|")[2] for line in stack.compose("logs", "nginx").splitlines()]
    logged = [json.loads(line) for line in lines if '"status":408' in line]
    assert len(logged) >= 20  # the other requests exceeded the rate limit
    assert {line["upstream"] for line in logged} == {""}


def test_a_flood_gets_429_and_other_addresses_are_served(stack: Stack, victim: Victim) -> None:
    get = b"GET /health/live HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n"
    flood = [Attacker(stack, get) for _ in range(300)]
    victim.next_word()
    fetch = "import urllib.request as r; print(r.urlopen('http://nginx:8080/health/live').status)"
    assert stack.run("app", "python", "-c", fetch).strip() == "200"  # from another address than the attackers'
    answers = [attacker.answer() for attacker in flood]
    refused = [answer for answer in answers if answer.status == 429]
    assert len(refused) > 100
    assert {answer.status for answer in answers} == {200, 429}
    assert refused[0].body == {
        "error": "Too many requests from your address. Please wait a moment.",
        "code": "rate_limited",
    }
    assert refused[0].headers["Retry-After"] == "1"
    assert refused[0].headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in refused[0].headers


def test_too_many_simultaneous_requests_of_an_address_get_429(stack: Stack, victim: Victim) -> None:
    waiting = POST + b"Connection: close\r\nContent-Length: 9\r\n\r\n"
    held = [Attacker(stack, waiting) for _ in range(100)]
    while sum(attacker.is_answered for attacker in held) < 50:
        victim.next_word()
    refused = next(attacker for attacker in held if attacker.is_answered).answer()
    assert refused.status == 429
    assert "Too many requests" in refused.body["error"]


def test_large_bodies_are_limited_in_number(stack: Stack, victim: Victim) -> None:
    attackers = [Attacker(stack, b"") for _ in range(30)]
    for attacker in attackers:
        attacker.send_all(POST + b"Connection: close\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000)
    victim.next_word()
    statuses = [attacker.answer().status for attacker in attackers]
    assert set(statuses) == {400, 429}  # 400: the body is not JSON
    assert statuses.count(429) >= 10


@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414, "The address is too long."),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X-Large: " + b"a" * 9000 + b"\r\n\r\n", 431, "The headers are too large."),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X-Many: aaaa\r\n" * 5000 + b"\r\n", 431, "The headers are too large."),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "The request is malformed."),
        (b"\x16\x03\x01\x02\x00\x01 what is this?\r\n\r\n", 400, "The request is malformed."),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X-Nul: \0\r\n\r\n", 400, "The request is malformed."),
        (POST + b"Content-Length: -1\r\n\r\n", 400, "The request is malformed."),
        (POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "The request is malformed."),
        (b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n", 405, "This method is not allowed."),
        (POST + b"Content-Length: %d\r\n\r\n" % (4 * MIB + 1), 413, "The body is too large."),
        (CHUNKED + b"%x\r\n" % (5 * MIB) + b"x" * 5 * MIB + b"\r\n0\r\n\r\n", 413, "The body is larger than 4194304"),
    ],
)  # fmt: skip
def test_oversized_and_malformed_requests_get_the_error_shape(
    stack: Stack, victim: Victim, sent: bytes, status: int, says: str
) -> None:
    attacker = Attacker(stack, b"")
    attacker.send_all(sent)
    victim.next_word()
    answer = attacker.answer()
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/json")
    assert says in answer.body["error"]

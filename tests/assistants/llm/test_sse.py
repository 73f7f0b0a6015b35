"""Server-sent events, however their bytes are cut and whatever stands between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant_transport.assistants.llm import sse
from assistant_transport.assistants.llm.sse import EventParser, EventTooLargeError

STREAMS: dict[bytes, list[tuple[str, bytes]]] = {
    b"data: a\n\ndata: b\n\n": [("", b"a"), ("", b"b")],
    b"data:a\r\n\r\ndata: b\r\n\r\n": [("", b"a"), ("", b"b")],
    b"data: a\r\rdata: b\r\r": [("", b"a"), ("", b"b")],
    b"\xef\xbb\xbfdata: a\n\n": [("", b"a")],
    b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n": [("", b"b")],
    b"event: x\ndata: a\n\ndata: b\n\n": [("x", b"a"), ("", b"b")],
    b"data: a\ndata: b\n\n": [("", b"a\nb")],
    b"data:  a\n\n": [("", b" a")],
    b": comment\n\n:\n\ndata: a\n\n": [("", b"a")],
    b"retry: 3000\n\nid: 1\n\ndata:\n\ndata\n\nevent: x\n\ndata: a\n\n": [("", b"a")],
    b"id: 1\nretry: 1\nunknown: x\ndata: a\n\n": [("", b"a")],
    "data: ein Gruß 😀\n\n".encode(): [("", "ein Gruß 😀".encode())],
    b"data: a\n\ndata: unfinished\n": [("", b"a")],
}


@given(stream=st.sampled_from(list(STREAMS)), sizes=st.lists(st.integers(1, 9), min_size=1, max_size=60))
def test_events_are_the_same_however_the_stream_is_cut(stream: bytes, sizes: list[int]) -> None:
    parser, found, rest = EventParser(), [], stream
    while rest:
        size = sizes[len(rest) % len(sizes)]
        found += parser.feed(rest[:size])
        rest = rest[size:]
    assert found == STREAMS[stream]


def test_the_last_event_may_lack_its_empty_line() -> None:
    parser = EventParser()
    assert parser.feed(b"data: a\n\ndata: b") == [("", b"a")]
    assert parser.rest() == [("", b"b")]


def test_an_event_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "MOST_BYTES", 100)
    parser = EventParser()
    for _ in range(50):
        parser.feed(b"data: " + b"a" * 50 + b"\n\n")
    parser.feed(b"data: " + b"a" * 50)
    with pytest.raises(EventTooLargeError):
        parser.feed(b"a" * 50)

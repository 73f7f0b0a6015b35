"""What waits to be written to Valkey: in order, bounded, and counted."""

from itertools import count

import pytest

from assistant_transport.runs import Head, Status
from assistant_transport.runs.valkey import backlog
from assistant_transport.runs.valkey.backlog import Backlog, PendingRun
from assistant_transport.runs.valkey.keys import Keys

KEYS = Keys("assistant")


@pytest.fixture
def waiting() -> Backlog:
    clock = count()
    return Backlog(lambda: float(next(clock)))


def add(waiting: Backlog, run_id: str, state: str = "{}") -> PendingRun:
    return waiting.add_run(Head(run_id, "owner", True, None, "data-stream", state))


def test_the_run_that_waits_longest_goes_first(waiting: Backlog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "MAX_BATCH_RUNS", 2)
    first, second, third = (add(waiting, run_id) for run_id in "abc")
    waiting.add_frames(first, b"more")
    assert waiting.oldest == first.arrival == (1, 0.0)
    assert waiting.take_batch(KEYS)[0] == [first, second]
    assert waiting.oldest == third.arrival == (3, 2.0)
    waiting.add_frames(first, b"more")
    assert waiting.take_batch(KEYS)[0] == [third, first]
    assert waiting.oldest is None


def test_all_that_is_taken_leaves_nothing_behind(waiting: Backlog) -> None:
    run = add(waiting, "a", state='"state"')
    waiting.add_frames(run, b"12345")
    assert waiting.size == 12
    _, arguments = waiting.take_batch(KEYS)
    assert waiting.size == 0
    assert arguments[:6] == [0, "a", 1, b"12345", "", b""]
    waiting.add_frames(run, b"678")
    assert waiting.take_batch(KEYS)[1] == [1, "a", 2, b"678"]
    waiting.close(run, Status.DONE, b"merged")
    assert waiting.size == 6
    _, arguments = waiting.take_batch(KEYS)
    assert arguments[:6] == [0, "a", 3, b"", "done", b"merged"]
    assert arguments[-1] == 0
    assert waiting.size == 0


def test_where_there_is_no_room_a_run_ends_with_its_frames_as_they_are(
    waiting: Backlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = add(waiting, "a")
    monkeypatch.setattr(backlog, "MAX_BACKLOG_BYTES", 5)
    waiting.close(run, Status.DONE, b"merged")
    assert waiting.take_batch(KEYS)[1][4:6] == ["done", b""]
    assert waiting.size == 0


def test_a_gap_is_counted_as_what_is_left_of_it(waiting: Backlog, monkeypatch: pytest.MonkeyPatch) -> None:
    run = add(waiting, "a")
    waiting.add_frames(run, b"x" * 100)
    monkeypatch.setattr(backlog, "MAX_BACKLOG_BYTES", 150)
    waiting.add_frames(run, b"x" * 100)
    assert run.closed
    assert run.status is Status.BROKEN
    assert waiting.size == run.size
    waiting.take_batch(KEYS)
    assert waiting.size == 0

"""What a client reads of its thread right after a reply is not older than the reply."""

from collections.abc import Iterator

import pytest

from tests.threads.site import Site


@pytest.fixture
def site(database: str) -> Iterator[Site]:
    running = Site(database, MOCK_DELAY_SECONDS="0")
    yield running
    running.server.stop()


def test_a_thread_and_its_title_are_as_the_reply_has_left_them(site: Site) -> None:
    for _ in range(20):
        site.renew()
        site.say("Good morning").follow()
        shown = site.client.get(f"/threads/{site.name}", **site.me).json()
        title = site.client.post(f"/threads/{site.name}/title", {}, **site.me).json()
        assert (len(shown["state"]["messages"]), shown["running"], title) == (2, False, {"title": "Good morning"})

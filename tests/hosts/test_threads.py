"""Kept threads in a project with users, sessions and the admin of its own."""

from collections.abc import Iterator

import pytest

from tests.hosts.conftest import gunicorn
from tests.hosts.project import DATA, PREFIX, Project, User
from tests.wire import Client

SETTINGS = {"DJANGO_SETTINGS_MODULE": "shop.keeping"}
OWNERS = """
from assistant_transport.threads.models import RunRecord, Thread
print(*Thread.objects.values_list("user__username", "name"), RunRecord.objects.count())
"""


@pytest.fixture(scope="module")
def keeping(project: Project) -> Iterator[Client]:
    project.python("manage.py", "migrate", **SETTINGS)
    project.python("manage.py", "shell", "--no-imports", "--command", DATA, **SETTINGS)
    server = gunicorn(project, **SETTINGS)
    yield Client(server.host, server.port)
    assert server.stop() == 0


def test_a_users_threads_are_kept_for_the_user_alone(keeping: Client, project: Project) -> None:
    alice, bob = User(keeping, "alice"), User(keeping, "bob")
    assert alice.say("What did I buy?", threadId="hats", state=None).follow()[1] == []
    listed = alice.request("GET", f"{PREFIX}/threads").json()["threads"]
    assert [(thread["threadId"], thread["running"]) for thread in listed] == [("hats", False)]
    assert bob.request("GET", f"{PREFIX}/threads").json()["threads"] == []
    assert bob.request("GET", f"{PREFIX}/threads/hats").json()["code"] == "thread_not_found"
    state = alice.request("GET", f"{PREFIX}/threads/hats").json()["state"]
    assert len(state["messages"]) == 2
    assert "A red hat" in str(state)
    forged = {**state, "messages": []}
    assert len(alice.say("And now?", threadId="hats", state=forged).follow(forged)[0]["messages"]) == 4
    printed = project.python("manage.py", "shell", "--no-imports", "--command", OWNERS, **SETTINGS)
    assert printed.split("\n")[-2:] == ["('alice', 'hats') 2", ""]


def test_changes_by_cookie_need_the_csrf_token(keeping: Client) -> None:
    alice = User(keeping, "alice")
    assert alice.say("What did I buy?", threadId="mine").follow()[1] == []
    refused = alice.request("PATCH", f"{PREFIX}/threads/mine", {"title": "Mine"})
    assert (refused.status, refused.json()["code"]) == (403, "csrf_failed")
    changed = alice.request(
        "PATCH", f"{PREFIX}/threads/mine", {"title": "Mine"}, X_CSRFToken=alice.cookies["csrftoken"]
    )
    assert changed.json()["title"] == "Mine"
    page = alice.request("GET", "/admin/assistant_threads/thread/").body()
    assert b"Mine" in page, "a superuser may read titles"

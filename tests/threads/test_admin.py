"""The admin of kept threads, as two people see it: one may read content, the other may not."""

import json

import pytest

from tests.threads.manage import manage, shell

SCRIPT = """
import json
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone

def user(name, *codenames):
    made = User.objects.create_user(name, is_staff=True)
    made.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client(SERVER_NAME="localhost")
    client.force_login(made)
    return client

keeper = user("keeper", "view_thread", "delete_thread", "view_runrecord")
reader = user("reader", "view_thread", "view_runrecord", "read_content")
stranger = user("stranger")
alice = User.objects.create_user("alice")
thread = Thread.objects.create(name="t", owner="o", user=alice, title="secret title", layout="parts", head=1)
said = "<script>alert(1)</script> secret words"
message = {"id": "m", "role": "user", "parts": [{"type": "text", "text": said}]}
Message.objects.create(thread=thread, number=1, name="m", data=json.dumps(message), text=said)
RunRecord.objects.create(
    thread=thread, owner="o", key="web", assistant="a", model="small", input_tokens=12345, outcome="error",
    reason="rate_limited", seconds=1, begun=timezone.now(),
)
change = f"/admin/assistant_threads/thread/{thread.pk}/change/"
LIST = "/admin/assistant_threads/thread/"
FILTERS = [("title__startswith", "secret"), ("rest__contains", "a")]
USAGE = "/admin/assistant_threads/runrecord/usage/?by=key&by=model"

def page(client, path):
    found = client.get(path)
    return [found.status_code, found.content.decode()]

seen = {
    "keeper list": page(keeper, LIST + "?q=alice"),
    "keeper search": page(keeper, LIST + "?q=secret"),
    "keeper filters": [page(keeper, LIST + f"?{field}={value}")[0] for field, value in FILTERS],
    "reader filters": [page(reader, LIST + f"?{field}={value}")[0] for field, value in FILTERS],
    "keeper thread": page(keeper, change),
    "reader list": page(reader, LIST + "?q=secret"),
    "reader thread": page(reader, change),
    "reader usage": page(reader, USAGE),
    "reader runs": page(reader, "/admin/assistant_threads/runrecord/"),
    "stranger thread": page(stranger, change),
    "stranger usage": page(stranger, USAGE),
    "reader post": [reader.post(change, {"title": "changed"}).status_code, Thread.objects.get().title],
    "reader delete": [reader.post(change.replace("change", "delete"), {"post": "yes"}).status_code, ""],
    "keeper delete": [keeper.post(change.replace("change", "delete"), {"post": "yes"}).status_code, ""],
    "left": [Thread.objects.count(), RunRecord.objects.get().thread_id],
}
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def seen(database: str) -> dict[str, tuple[int, str]]:
    url = database
    manage_admin = {"DJANGO_SETTINGS_MODULE": "acme.with_admin"}
    manage(url, "migrate", **manage_admin)
    found: dict[str, tuple[int, str]] = json.loads(shell(url, SCRIPT, **manage_admin).splitlines()[-1])
    return found


def test_a_persons_threads_and_their_runs_are_found(seen: dict[str, tuple[int, str]]) -> None:
    status, page = seen["keeper list"]
    assert status == 200
    assert ">t</a>" in page
    status, page = seen["keeper thread"]
    assert status == 200
    for shown in ("alice", "small", "12345", "rate_limited"):
        assert shown in page


def test_content_is_shown_with_its_permission_only(seen: dict[str, tuple[int, str]]) -> None:
    for what in ("keeper list", "keeper thread"):
        assert "secret" not in seen[what][1].replace("?q=secret", "")
    assert "change/" not in seen["keeper search"][1]
    assert "secret title" in seen["reader list"][1]
    assert "secret words" in seen["reader thread"][1]


def test_content_cannot_be_guessed_by_filters_of_the_address(seen: dict[str, list[int]]) -> None:
    assert seen["keeper filters"] == [400, 400]
    assert seen["reader filters"] == [200, 200]


def test_a_messages_html_is_text(seen: dict[str, tuple[int, str]]) -> None:
    page = seen["reader thread"][1]
    assert "&lt;script&gt;alert(1)&lt;/script&gt; secret words" in page
    assert "<script>alert" not in page


def test_usage_is_summed(seen: dict[str, tuple[int, str]]) -> None:
    status, page = seen["reader usage"]
    assert status == 200
    assert "<td>web</td><td>small</td><td>1</td><td>1</td><td>12345</td>" in page
    assert "/runrecord/usage/" in seen["reader runs"][1]


def test_nobody_without_permission_sees_or_deletes(seen: dict[str, tuple[int, str]]) -> None:
    assert [seen[name][0] for name in ("stranger thread", "stranger usage", "reader delete")] == [403] * 3
    assert seen["reader post"] == [403, "secret title"]


def test_a_deleted_thread_leaves_the_record_of_its_run(seen: dict[str, tuple[int, str]]) -> None:
    assert seen["keeper delete"][0] == 302
    assert seen["left"] == [0, None]

"""The routes of kept threads, on SQLite and on PostgreSQL: what one client keeps, and what no other one reaches."""

from collections.abc import Iterator
from datetime import datetime
from secrets import token_hex
from typing import Any

import pytest

from tests.server import Server
from tests.threads.manage import variables
from tests.threads.site import eventually
from tests.wire import Client, Reply

TEXTS = ("Where is my red hat?", "It is on the shelf, beside the *green* scarf.")


def state_of(*texts: str) -> dict[str, Any]:
    roles = ("user", "assistant")
    messages = [
        {"id": f"m{i}", "role": roles[i % 2], "parts": [{"type": "text", "text": text}]} for i, text in enumerate(texts)
    ]
    return {"messages": messages}


class Me:
    """One client, known by an id of its own."""

    def __init__(self, server: Server) -> None:
        self._client = Client(server.host, server.port)
        self._headers = {"X-Client-Id": token_hex(16)}

    def ask(self, method: str, path: str = "", body: Any = None, expected: int = 200) -> Any:
        reply: Reply = self._client.request(method, f"/threads{path}", body, **self._headers)
        assert reply.status == expected, reply.body()
        return reply.json() if reply.body().startswith(b"{") else reply.body().decode()

    def refused(self, method: str, path: str = "", body: Any = None) -> tuple[int, str]:
        reply = self._client.request(method, f"/threads{path}", body, **self._headers)
        return reply.status, reply.json()["code"]

    def make(self, name: str, *texts: str, **fields: Any) -> Any:
        state = {"state": state_of(*texts)} if texts else {}
        return self.ask("POST", body={"threadId": name, **state, **fields}, expected=201)

    def names(self, query: str = "") -> list[str]:
        return [thread["threadId"] for thread in self.ask("GET", query)["threads"]]


@pytest.fixture(scope="module")
def site(database: str) -> Iterator[Server]:
    server = Server(**variables(database))
    yield server
    assert server.stop() == 0


@pytest.fixture
def me(site: Server) -> Me:
    return Me(site)


def test_threads_are_listed_in_pages_the_newest_first(me: Me) -> None:
    made = [me.make(f"t{i}")["threadId"] for i in range(5)]
    assert me.names() == made[::-1]
    found, cursor = [], ""
    while True:
        page = me.ask("GET", f"?limit=2{cursor}")
        found += [thread["threadId"] for thread in page["threads"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert found == made[::-1]


def test_a_new_thread_has_what_a_list_shows(me: Me) -> None:
    made = me.ask("POST", body={"title": "Hats"}, expected=201)
    assert me.ask("GET")["threads"] == [made]
    expected = {"title": "Hats", "archived": False, "version": 1, "running": False, "imported": False, "lost": 0}
    assert made.items() >= expected.items()
    assert datetime.fromisoformat(made["createdAt"]).utcoffset() is not None


def test_making_a_thread_again_gives_the_one_that_is_there_but_takes_no_state(me: Me) -> None:
    made = me.make("t", title="Hats")
    assert me.ask("POST", body={"threadId": "t", "title": "Scarves"}) == made
    assert me.refused("POST", body={"threadId": "t", "state": state_of("hello")}) == (409, "thread_exists")


def test_a_thread_of_the_browser_is_taken_over_with_its_open_calls_closed(me: Me) -> None:
    state = state_of(*TEXTS)
    call = {"type": "tool-call", "toolCallId": "c", "toolName": "buy", "argsText": "{}", "approval": {"id": "q"}}
    state["messages"].append({"id": "m2", "role": "assistant", "parts": [call]})
    made = me.ask(
        "POST", body={"threadId": "t", "state": state | {"provider": "completed", "mood": "good"}}, expected=201
    )
    assert made["imported"]
    found = me.ask("GET", "/t")
    assert found["state"]["mood"] == "good"
    assert found["state"]["messages"][:2] == state["messages"][:2]
    (closed,) = found["state"]["messages"][2]["parts"]
    assert closed["isError"]
    assert closed["approval"] == {"id": "q", "approved": False}
    assert (found["head"], found["run"]) == ("m2", None)
    assert found["branches"] == [{"leaf": "m2", "messages": ["m0", "m1", "m2"]}]


@pytest.mark.parametrize("state", [{"messages": 1}, {"messages": [1]}, [], "text"])
def test_a_state_that_is_none_is_refused(me: Me, state: Any) -> None:
    assert me.refused("POST", body={"state": state}) == (400, "invalid_request")
    assert me.names() == []


def test_a_thread_that_has_not_changed_is_not_sent_again(me: Me) -> None:
    version = me.make("t", *TEXTS)["version"]
    assert me.ask("GET", f"/t?version={version}", expected=204) == ""
    me.ask("PATCH", "/t", {"title": "Hats"})
    assert me.ask("GET", f"/t?version={version}")["title"] == "Hats"


def test_a_thread_is_renamed_and_archived(me: Me) -> None:
    me.make("t")
    me.make("u")
    changed = me.ask("PATCH", "/t", {"title": "Hats", "archived": True})
    assert (changed["title"], changed["archived"], changed["version"]) == ("Hats", True, 2)
    assert me.names() == ["u"]
    assert me.names("?archived=true") == ["t"]
    assert me.names("?archived=all") == ["u", "t"]
    assert me.ask("PATCH", "/t", {"archived": False})["title"] == "Hats"


def test_an_older_version_changes_nothing(me: Me) -> None:
    seen = me.make("t", title="Hats")["version"]
    me.ask("PATCH", "/t", {"title": "Scarves", "version": seen})
    assert me.refused("PATCH", "/t", {"title": "Hats", "version": seen}) == (409, "thread_changed")
    assert me.ask("GET", "/t")["title"] == "Scarves"


def test_another_branch_is_shown_by_the_message_at_its_end(me: Me) -> None:
    me.make("t", *TEXTS)
    me.ask("PATCH", "/t", {"head": "m0"})
    found = me.ask("GET", "/t")
    assert [message["id"] for message in found["state"]["messages"]] == ["m0"]
    assert found["branches"] == [{"leaf": "m1", "messages": ["m0", "m1"]}]
    assert me.refused("PATCH", "/t", {"head": "nowhere"}) == (400, "invalid_request")


def test_a_deleted_thread_is_gone(me: Me) -> None:
    me.make("t", *TEXTS)
    me.ask("DELETE", "/t", expected=204)
    assert me.refused("GET", "/t") == (404, "thread_not_found")
    assert me.names() == me.names("?q=hat") == []


def test_the_assistant_in_use_gives_a_title(me: Me) -> None:
    me.make("t", *TEXTS)
    assert me.ask("POST", "/t/title", {}) == {"title": TEXTS[0]}
    assert me.ask("GET", "/t")["title"] == TEXTS[0]
    me.make("long", "word " * 40)
    title = me.ask("POST", "/long/title", {})["title"]
    assert title.endswith("word…")
    assert len(title) <= 60


def test_a_thread_is_exported_to_be_read_or_to_be_kept(me: Me) -> None:
    me.make("t", *TEXTS, title="Hats")
    assert me.ask("GET", "/t/export?format=markdown") == (
        f"# Hats\n\n## User\n\n{TEXTS[0]}\n\n## Assistant\n\n{TEXTS[1]}\n"
    )
    file = me.ask("GET", "/t/export")
    assert [message["message"]["id"] for message in file["messages"]] == ["m0", "m1"]
    assert me.ask("POST", body={"threadId": "u", "state": file["state"]}, expected=201)["imported"]
    assert me.refused("GET", "/t/export?format=pdf") == (400, "invalid_request")


def test_words_are_found_in_titles_and_in_messages(me: Me) -> None:
    me.make("hats", *TEXTS)
    me.make("scarves", "Something else", title="About a red scarf")
    me.ask("PATCH", "/hats", {"archived": True})
    assert me.names("?q=scarf") == ["scarves"]
    assert me.names("?q=scarf&archived=all") == ["scarves", "hats"]
    assert me.names("?q=SHEL%20gree&archived=true") == ["hats"], "beginnings of words, in any order and case"
    assert me.names("?q=green%20hat&archived=all") == [], "the words stand in two messages"
    (found,) = me.ask("GET", "?q=shelf&archived=all")["threads"]
    assert found["snippet"] == TEXTS[1]
    (found,) = me.ask("GET", "?q=about")["threads"]
    assert found["snippet"] is None


def test_a_snippet_shows_the_place_in_a_long_message(me: Me) -> None:
    me.make("t", "one " * 1000 + "needle" + " two" * 1000)
    (found,) = me.ask("GET", "?q=needle")["threads"]
    assert found["snippet"].startswith("…")
    assert "needle" in found["snippet"]
    assert len(found["snippet"]) < 200


@pytest.mark.parametrize(
    "text", ["'", '"', "a'b", '"a" OR', "a:*", "!!", "&|", "\\", "%00", "NEAR(a b)", "a -b", "*", "(", "text:a"]
)
def test_signs_in_a_search_are_no_commands(me: Me, text: str) -> None:
    me.make("t", "nothing like it")
    assert me.names(f"?q={text.replace(' ', '%20').replace('&', '%26')}") == []


def test_another_clients_threads_are_not_there(me: Me, site: Server) -> None:
    me.make("t", *TEXTS)
    other = Me(site)
    assert other.names() == other.names("?q=hat") == []
    for method, path, body in (
        ("GET", "/t", None),
        ("PATCH", "/t", {"title": "Mine"}),
        ("DELETE", "/t", None),
        ("POST", "/t/title", {}),
        ("GET", "/t/export", None),
    ):
        assert other.refused(method, path, body) == (404, "thread_not_found")
    other.make("t")
    assert me.ask("GET", "/t")["state"]["messages"][0]["id"] == "m0"


def test_a_client_that_cannot_be_told_from_others_has_no_threads(site: Server, me: Me) -> None:
    me.make("t")
    nobody = Client(site.host, site.port)
    assert nobody.get("/threads").json() == {"threads": [], "nextCursor": None}
    assert nobody.get("/threads/t").status == 404
    assert nobody.request("POST", "/threads", {"threadId": "t"}).json()["code"] == "thread_not_found"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "?limit=0", None),
        ("GET", "?limit=101", None),
        ("GET", "?archived=maybe", None),
        ("GET", "?cursor=nonsense", None),
        ("GET", "?cursor=WzEsMl0=", None),
        ("GET", "?cursor=WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwgMV0=", None),  # 0001-01-01T00:00:00+14:00
        ("POST", "", {"threadId": "a/b"}),
        ("POST", "", {"threadId": "x" * 129}),
        ("POST", "", {"title": "x" * 301}),
        ("POST", "", {"title": "\0"}),
        ("PATCH", "/t", {"archived": "yes"}),
        ("PATCH", "/t", {"head": "\0"}),
    ],
)
def test_what_is_not_valid_is_refused(me: Me, method: str, path: str, body: Any) -> None:
    me.make("t")
    assert me.refused(method, path, body) == (400, "invalid_request")


def test_no_line_of_the_log_has_a_name_a_title_or_a_query(me: Me, site: Server) -> None:
    me.make("secret-name", "secret-text", title="secret-title")
    me.names("?q=secret-query")
    me.ask("GET", "/secret-name")
    me.ask("GET", "/secret-name/export?format=markdown")
    eventually(lambda: "/threads/{threadId}/export" in site.log())  # a line is written after its answer is sent
    assert "secret" not in site.log()


def test_the_description_has_the_routes_where_they_are(site: Server, client: Client) -> None:
    paths = Client(site.host, site.port).get("/openapi.json").json()["paths"]
    here = {path: {*paths[path]} - {"parameters"} for path in paths if path.startswith("/threads")}
    assert here == {
        "/threads": {"get", "post"},
        "/threads/{threadId}": {"get", "patch", "delete"},
        "/threads/{threadId}/title": {"post"},
        "/threads/{threadId}/export": {"get"},
    }
    assert not [path for path in client.get("/openapi.json").json()["paths"] if path.startswith("/threads")]
    assert client.get("/threads").json() == {"error": "There is nothing at /threads.", "code": "not_found"}

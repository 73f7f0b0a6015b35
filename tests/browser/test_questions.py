"""What waits for a person is a card: decided by mouse, keyboard and screen reader, after a reload, in another tab."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from tests.assistants.llm.approving import PAY, TOOLS
from tests.browser import axe
from tests.browser.chat import Chat
from tests.browser.conftest import NewContext
from tests.browser.test_keyboard import PHONE
from tests.browser.watch import Watch
from tests.conftest import StartServer
from tests.providers import FORMATS, Answer, Say, Stub, Use, answer
from tests.server import ROOT
from tests.wire import Client

LAYOUTS = ("parts", "langchain")
PAY_BOB = Use("pay", ['{"to": "Bob", "amount": 7}'], id="call_q")


class Shop:
    """A server whose model pays, its model and its till."""

    def __init__(self, client: Client, stub: Stub, payments: Path) -> None:
        self.client = client
        self.stub = stub
        self._payments = payments

    def paid(self) -> list[str]:
        return self._payments.read_text().splitlines() if self._payments.exists() else []


@pytest.fixture(scope="module")
def shops(
    page_built: None, start_server: StartServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Shop]]:
    kept: dict[str, Shop] = {}

    def shop(layout: str) -> Shop:
        if layout not in kept:
            with ThreadPoolExecutor(1) as pool:  # Playwright's event loop runs in this thread
                stub = pool.submit(Stub).result()
            payments = tmp_path_factory.mktemp(layout) / "payments"
            variables = FORMATS["chat"].environment(stub.url) | TOOLS | {"PAYMENTS": str(payments)}
            server = start_server(ASSISTANT_MESSAGE_FORMAT=layout, PROVIDER_RETRIES="0", **variables)
            kept[layout] = Shop(Client(server.host, server.port), stub, payments)
        kept[layout].stub.forget()
        kept[layout]._payments.unlink(missing_ok=True)
        return kept[layout]

    yield shop
    for each in kept.values():
        each.stub.stop()


@pytest.fixture(params=LAYOUTS)
def shop(request: pytest.FixtureRequest, shops: Callable[[str], Shop]) -> Shop:
    return shops(request.param)


@pytest.fixture
def parts_shop(shops: Callable[[str], Shop]) -> Shop:
    return shops("parts")


def ask(shop: Shop, context: BrowserContext, *answers: Answer) -> Chat:
    """The page after a message that the model has answered by calls."""
    shop.stub.answer(*answers)
    chat = Chat(context.new_page(), shop.client).open()
    chat.send("Pay")
    expect(cards(chat).first).to_be_visible()
    chat.expect_idle()
    return chat


def cards(chat: Chat) -> Locator:
    return chat.page.get_by_role("region", name=re.compile("^May .* run"))


def button(chat: Chat, name: str) -> Locator:
    return chat.page.get_by_role("button", name=name, exact=True)


def tool(chat: Chat) -> Locator:
    return chat.replies.get_by_role("group").filter(has=chat.page.get_by_role("code").filter(has_text="pay"))


def test_a_call_is_approved(shop: Shop, context: BrowserContext, watched: Watch) -> None:
    chat = ask(shop, context, answer(PAY), answer(Say(["Done."])))
    expect(cards(chat)).to_contain_text('"to": "Ann"')
    expect(tool(chat)).to_contain_text("waits for your decision")
    assert shop.paid() == []
    button(chat, "Approve pay").click()
    expect(chat.replies).to_contain_text("Done.")
    expect(cards(chat)).to_have_count(0)
    expect(tool(chat)).to_contain_text("approved, done")
    assert shop.paid() == ["pay Ann 5"]


def test_a_call_is_edited(shop: Shop, context: BrowserContext, watched: Watch) -> None:
    chat = ask(shop, context, answer(PAY), answer(Say(["Done."])))
    button(chat, "Edit pay").click()
    box = chat.page.get_by_role("textbox", name="Arguments of pay, as JSON")
    box.fill('{"to": "Ann"')
    button(chat, "Approve with changes").click()
    expect(chat.alert).to_contain_text("must be a JSON object")
    box.fill('{"to": "Ann", "amount": 2}')
    button(chat, "Approve with changes").click()
    expect(chat.replies).to_contain_text("Done.")
    expect(tool(chat)).to_contain_text("changed and approved, done")
    tool(chat).get_by_text("done").click()
    expect(tool(chat)).to_contain_text('"amount": 2')
    assert shop.paid() == ["pay Ann 2"]


def test_edited_arguments_that_do_not_fit_can_be_mended(
    parts_shop: Shop, context: BrowserContext, watched: Watch
) -> None:
    watched.expect_failed_requests()
    chat = ask(parts_shop, context, answer(PAY), answer(Say(["Done."])))
    button(chat, "Edit pay").click()
    chat.page.get_by_role("textbox", name="Arguments of pay, as JSON").fill('{"to": "Ann", "amount": 0}')
    button(chat, "Approve with changes").click()
    expect(chat.alert).to_contain_text("The edited arguments do not fit: amount")
    button(chat, "Approve pay").click()
    expect(chat.replies).to_contain_text("Done.")
    assert parts_shop.paid() == ["pay Ann 5"]


def test_a_call_is_denied_by_the_keyboard_alone_with_a_reason(
    shop: Shop, context: BrowserContext, watched: Watch
) -> None:
    chat = ask(shop, context, answer(PAY), answer(Say(["As you wish."])))
    expect(chat.page.get_by_role("status").filter(has_text="A question waits for your decision")).to_be_attached()
    button(chat, "Approve pay").focus()
    for _ in range(2):
        chat.page.keyboard.press("Tab")
    expect(button(chat, "Deny pay")).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect(chat.page.get_by_role("textbox", name="Why pay may not run (optional)")).to_be_focused()
    chat.page.keyboard.type("Too much.")
    for key in ("Tab", "Tab", "Enter"):
        chat.page.keyboard.press(key)
    expect(chat.replies).to_contain_text("As you wish.")
    expect(tool(chat)).to_contain_text("denied")
    assert shop.paid() == []
    assert "Too much." in shop.stub.requests[-1].conversation[-1][2]


def test_it_waits_through_a_reload_and_several_are_decided_one_by_one(
    shop: Shop, context: BrowserContext, watched: Watch
) -> None:
    chat = ask(shop, context, answer(PAY, PAY_BOB), answer(Say(["Done."])))
    chat.page.reload()
    expect(cards(chat)).to_have_count(2)
    cards(chat).filter(has_text="Bob").get_by_role("button", name="Approve").click()
    expect(cards(chat)).to_have_count(1)
    chat.expect_idle()
    chat.page.reload()
    cards(chat).get_by_role("button", name="Approve").click()
    expect(chat.replies).to_contain_text("Done.")
    assert shop.paid() == ["pay Bob 7", "pay Ann 5"]


def test_what_another_tab_decides_is_seen_here(parts_shop: Shop, context: BrowserContext, watched: Watch) -> None:
    here = ask(parts_shop, context, answer(PAY), answer(Say(["Done."])))
    there = Chat(context.new_page(), parts_shop.client).open()
    there.open_thread("Pay")
    button(there, "Approve pay").click()
    expect(there.replies).to_contain_text("Done.")
    expect(cards(here)).to_have_count(0)
    expect(tool(here)).to_contain_text("approved, done")
    assert parts_shop.paid() == ["pay Ann 5"]


def test_an_answer_that_does_not_count_says_why(parts_shop: Shop, context: BrowserContext, watched: Watch) -> None:
    """As on a page that has not heard of another tab's decision."""
    watched.expect_failed_requests()
    chat = ask(parts_shop, context, answer(PAY), answer(Say(["Done."])))
    with chat.page.expect_request("**/assistant") as sent:
        # The same decision, from elsewhere, is a moment faster.
        chat.page.route("**/assistant", lambda route: (route.fetch(), route.continue_())[1])
        button(chat, "Approve pay").click()
    assert sent.value.method == "POST"
    expect(chat.alert).to_contain_text("The call was decided already: it was approved.")
    expect(button(chat, "Approve pay")).to_have_count(0)
    assert parts_shop.paid() == ["pay Ann 5"]


def test_a_message_instead_closes_the_question(shop: Shop, context: BrowserContext, watched: Watch) -> None:
    chat = ask(shop, context, answer(PAY), answer(Say(["As you like."])))
    chat.send("Never mind")
    expect(chat.replies.last).to_contain_text("As you like.")
    expect(cards(chat)).to_have_count(0)
    expect(tool(chat)).to_contain_text("denied")
    assert shop.paid() == []


@pytest.mark.parametrize("screen", ["desktop", "phone"])
@pytest.mark.parametrize("mode", ["", "Edit pay", "Deny pay"])
def test_axe_finds_nothing_on_a_card_and_it_fits_a_phone(
    parts_shop: Shop, new_context: NewContext, watch: Callable[[BrowserContext], Watch], mode: str, screen: str
) -> None:
    context = new_context(**(PHONE if screen == "phone" else {}))
    watch(context)
    long = Use("pay", ['{"to": "' + "Ann-" * 60 + '", "amount": 5}'], id="call_p")
    chat = ask(parts_shop, context, answer(long))
    if mode:
        button(chat, mode).click()
    assert [str(finding) for finding in axe.findings(chat.page)] == []
    assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    chat.picture(f"approval-{screen}-{mode or 'asked'}")


@pytest.fixture
def graph(page_built: None, start_server: StartServer) -> Callable[[str], Client]:
    def start(path: str) -> Client:
        folders = f"{ROOT / 'src'}:{ROOT / 'tests/fixtures'}"
        server = start_server(ASSISTANT=f"langgraph:{path}", ASSISTANT_MESSAGE_FORMAT="langchain", PYTHONPATH=folders)
        return Client(server.host, server.port)

    return start


def test_a_graphs_plain_question_gets_a_text_and_never_an_answer_by_itself(
    graph: Callable[[str], Client], context: BrowserContext, watched: Watch
) -> None:
    chat = Chat(context.new_page(), graph("acme.approvals:introduction")).open()
    chat.send("Hi")
    card = chat.page.get_by_role("region", name="The assistant asks")
    expect(card).to_contain_text("Your name?")
    chat.expect_idle()
    send: Any = card.get_by_role("button", name="Send answer")
    expect(send).to_be_disabled()
    assert [str(finding) for finding in axe.findings(chat.page)] == []
    card.get_by_role("textbox", name="Your answer").fill("Ada")
    send.click()
    expect(card).to_have_count(0)
    expect(chat.replies.last).to_contain_text("Ada")


def test_a_graphs_calls_that_wait_together_are_answered_once_each_has_a_decision(
    page_built: None, start_server: StartServer, context: BrowserContext, watched: Watch, tmp_path: Path
) -> None:
    server = start_server(
        ASSISTANT="langgraph:acme.agents:approving",
        ASSISTANT_MESSAGE_FORMAT="langchain",
        PYTHONPATH=f"{ROOT / 'src'}:{ROOT / 'tests/fixtures'}",
        GRAPH_STATE=str(tmp_path / "state"),
    )
    chat = Chat(context.new_page(), Client(server.host, server.port)).open()
    chat.send("transfer ann, transfer bob")
    calls = chat.page.get_by_role("group", name="transfer", exact=True)
    expect(calls).to_have_count(2)
    chat.expect_idle()
    calls.first.get_by_role("button", name="Approve").click()
    expect(calls.first).to_contain_text("Approved; the other calls wait for your decision.")
    calls.last.get_by_role("button", name="Deny").click()
    calls.last.get_by_role("textbox").fill("Not him.")
    calls.last.get_by_role("button", name="Deny").click()
    expect(calls).to_have_count(0)
    expect(chat.replies.last).to_contain_text("sent to ann")
    expect(chat.replies.last).to_contain_text("Not him.")

"""The page speaks the browser's language, and turns around where that is written from right to left."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import axe
from tests.browser.chat import Chat
from tests.browser.conftest import NewContext, StartClient
from tests.browser.test_keyboard import PHONE
from tests.browser.watch import Watch

RAIN = {"location": "باريس", "temperature": 9, "unit": "celsius", "condition": "rainy"}


@pytest.fixture
def open_in(
    new_context: NewContext, watch: Callable[[BrowserContext], Watch], scripted_server: StartClient
) -> Callable[..., Chat]:
    """Opens the page in a browser of that language."""
    client = scripted_server()

    def open_(locale: str, **options: object) -> Chat:
        context = new_context(locale=locale, **options)
        watch(context)
        chat = Chat(context.new_page(), client)
        chat.page.goto(chat.url)
        expect(chat.page.get_by_role("textbox").first).to_be_visible()
        return chat

    return open_


@pytest.mark.parametrize(
    ("locale", "lang", "box", "number"),
    [
        ("en-GB", "en", "Message", "1,234"),
        ("de-DE", "de", "Nachricht", "1.234"),
        ("fr-FR", "fr", "Message", "1\u202f234"),
        ("ar-EG", "ar", "الرسالة", "\u0661\u066c\u0662\u0663\u0664"),
        ("pt-BR", "en", "Message", "1,234"),
    ],
)
def test_the_browsers_language_is_the_pages(
    open_in: Callable[..., Chat], locale: str, lang: str, box: str, number: str
) -> None:
    chat = open_in(locale)
    expect(chat.page.locator("html")).to_have_attribute("lang", lang)
    chat.script(locale).text("…").usage(1234, 5).end()
    chat.page.get_by_role("textbox", name=box, exact=True).fill(locale)
    chat.page.keyboard.press("Enter")
    expect(chat.page.get_by_text(number)).to_be_visible()


@pytest.mark.parametrize("device", [{}, PHONE | {"color_scheme": "dark"}], ids=["desktop", "phone"])
def test_in_arabic_the_whole_page_runs_from_right_to_left(
    open_in: Callable[..., Chat], device: dict[str, object]
) -> None:
    chat = open_in("ar", reduced_motion="reduce", **device)
    page = chat.page
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.get_by_role("textbox", name="الرسالة")).to_have_css("direction", "rtl")  # though it is empty
    script = chat.script("مرحبا").reasoning("…").call("get_weather", {}, result=RAIN)
    script.call("بحث", {"أ": 7}, result="لا شيء").text("أهلا\n\n- أ\n- ب").usage(1234, 5).end()
    page.get_by_role("textbox", name="الرسالة").fill("مرحبا")
    page.get_by_role("button", name="إرسال").click()
    expect(page.get_by_text("مقروءة")).to_be_visible()
    for summary in page.locator("summary").all():
        summary.click()
    chat.picture("arabic-phone" if device else "arabic")
    if not device:
        threads = page.get_by_role("navigation").bounding_box() or {}
        assert threads["x"] > 640  # the list stands at the right
        page.get_by_role("button", name="خيارات «مرحبا»").click()
    assert re.findall(r"[A-Za-z]{3,}", read(page)) == []
    assert [str(found) for found in axe.findings(page) if found.impact in axe.SERIOUS] == []


def read(page: Page) -> str:
    """What a person reads or hears of the page: its texts, and the names of its parts."""
    names = page.locator("[aria-label], [placeholder], [alt]").evaluate_all(
        "(all) => all.flatMap((e) => ['aria-label', 'placeholder', 'alt'].map((name) => e.getAttribute(name) ?? ''))"
    )
    texts = page.locator("body").inner_text()
    return "\n".join([texts, *names]).replace("Markdown", "").replace("JSON", "")

"""Tool calls are shown with their arguments and results."""

from playwright.sync_api import Locator, expect

from tests.browser.chat import Chat

PARIS = {"location": "Paris", "temperature": 21, "unit": "celsius", "condition": "sunny"}


def tool(chat: Chat, name: str) -> Locator:
    return chat.replies.get_by_role("group").filter(has=chat.page.get_by_role("code").filter(has_text=name))


def test_the_weather_is_a_card(chat: Chat) -> None:
    chat.script("Weather?").text("Let me see.").call("get_weather", {"location": "Paris"}, result=PARIS).text(
        "Sunny."
    ).end()
    chat.send("Weather?")
    card = chat.replies.get_by_role("region", name="Weather in Paris")
    expect(card).to_contain_text("21°C")
    expect(card).to_contain_text("Paris, sunny")
    chat.expect_idle()
    expect(chat.replies).to_contain_text("Sunny.")


def test_the_weather_in_another_unit_is_in_that_unit(chat: Chat) -> None:
    warm = PARIS | {"temperature": 70, "unit": "fahrenheit"}
    chat.script("Weather?").call("get_weather", {"location": "Paris"}, result=warm).end()
    chat.send("Weather?")
    expect(chat.replies.get_by_role("region", name="Weather in Paris")).to_contain_text("70°F")


def test_any_other_tool_call_unfolds_to_its_arguments_and_result(chat: Chat) -> None:
    chat.script("Search!").call("search", {"query": "cheese"}, result={"hits": ["Brie", "Comté"]}).end()
    chat.send("Search!")
    call = tool(chat, "search")
    expect(call).to_contain_text("done")
    expect(call.get_by_text("Arguments")).to_be_hidden()
    call.get_by_text("done").click()
    expect(call).to_contain_text('{"query": "cheese"}')
    expect(call).to_contain_text("Comté")
    chat.picture("tool-open")


def test_a_running_tool_is_shown_as_running(chat: Chat) -> None:
    script = chat.script("Wait for it").call("slow", {"seconds": 9})
    chat.send("Wait for it")
    expect(tool(chat, "slow")).to_contain_text("running …")
    script.end()
    expect(tool(chat, "slow")).to_contain_text("no result")


def test_a_failed_tool_shows_its_error(chat: Chat) -> None:
    chat.script("Break it").call("break", {}, result="There is no such thing.", is_error=True).text("Sorry.").end()
    chat.send("Break it")
    call = tool(chat, "break")
    expect(call).to_contain_text("failed")
    call.get_by_text("failed").click()
    expect(call.get_by_text("Error", exact=True)).to_be_visible()
    expect(call.get_by_text("There is no such thing.")).to_be_visible()
    chat.expect_idle()


def test_a_failed_weather_call_has_no_card(chat: Chat) -> None:
    chat.script("Weather on Mars?").call(
        "get_weather", {"location": "Mars"}, result="No such city.", is_error=True
    ).end()
    chat.send("Weather on Mars?")
    expect(tool(chat, "get_weather")).to_contain_text("failed")
    expect(chat.replies.get_by_role("region")).to_have_count(0)

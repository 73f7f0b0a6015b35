"""How much a reply costs the reader's browser while it arrives."""

from playwright.sync_api import CDPSession, Page, expect

from tests.browser.chat import Chat
from tests.browser.conftest import NewContext, StartClient
from tests.browser.measured import record

BLOCKS = 120  # two in each paragraph
PARAGRAPH = (
    "Some *words* about `code` and [a link](https://example.com/).\n\n- one\n- two\n\n```python\nprint(1)\n```\n\n"
)
TASKS = """() => {
  window.longest = 0;
  new PerformanceObserver((list) => {
    window.longest = Math.max(window.longest, ...list.getEntries().map(({ duration }) => duration));
  }).observe({ type: "longtask" });
}"""


def calls(tools: CDPSession) -> int:
    """How many functions were called since the last time: it does not depend on the machine's speed."""
    scripts = tools.send("Profiler.takePreciseCoverage")["result"]
    return sum(function["ranges"][0]["count"] for script in scripts for function in script["functions"])


def cost_of_a_word(page: Page, client: StartClient, earlier: str) -> int:
    chat = Chat(page, client()).open()
    script = chat.begin("Cost", f"{earlier}The end")
    expect(chat.replies).to_contain_text("The end")
    tools = page.context.new_cdp_session(page)
    tools.send("Profiler.enable")
    tools.send("Profiler.startPreciseCoverage", {"callCount": True, "detailed": False})
    found = []
    for word in ("is", "near", "and", "so", "am", "I"):
        calls(tools)
        script.text(f" {word}")
        expect(chat.replies).to_contain_text(f" {word}")
        found.append(calls(tools))
    script.end()
    return min(found)  # the others met what else is to be done, such as saving


def test_a_word_costs_the_same_after_many_blocks(scripted_server: StartClient, new_context: NewContext) -> None:
    short, long = (
        cost_of_a_word(new_context().new_page(), scripted_server, PARAGRAPH * blocks) for blocks in (1, BLOCKS // 2)
    )
    record("function calls for one more word", "after 1 and after 60 paragraphs", [short, long])
    assert (long - short) / BLOCKS < 500  # to render one anew takes thousands


def test_the_longest_task_is_measured_while_tokens_arrive(
    scripted_server: StartClient, new_context: NewContext
) -> None:
    chat = Chat(new_context().new_page(), scripted_server()).open()
    chat.page.context.new_cdp_session(chat.page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    script = chat.begin("Long", "It begins. ")
    chat.page.evaluate(TASKS)
    words = [f"{word} " for word in (PARAGRAPH * 150).split(" ")][:2000]
    script.tokens(words, every=0.003).text("That is all.").end()
    expect(chat.replies).to_contain_text("That is all.", timeout=100_000)
    chat.expect_idle()
    record("while 2000 tokens arrive, four times slower", "longest task, ms", chat.page.evaluate("window.longest"))

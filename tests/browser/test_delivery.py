"""How the page is delivered: small, cached for good, and with a policy that blocks other sites."""

import re
from collections import Counter
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Response, expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat
from tests.browser.measured import record
from tests.browser.watch import Watch
from tests.image.conftest import Stack

LOADED_LATER = {f"assets/{part}.js" for part in ("Markdown", "Colored", "Formula", "ServerList", "ar", "de", "fr")}
LARGEST_SCRIPT = 250_000  # bytes transferred
HASH = r"-[\w-]{8}\.|\.[0-9a-f]{12}\."
PAINTED = """() => new Promise((resolve) => new PerformanceObserver((list) => {
  const paint = list.getEntriesByName("first-contentful-paint")[0];
  if (paint) resolve(paint.startTime);
}).observe({ type: "paint", buffered: true }))"""


@pytest.fixture
def responses(context: BrowserContext) -> list[Response]:
    found: list[Response] = []
    context.on("response", lambda response: found.append(response))
    return found


def test_the_first_load_is_small_and_every_file_is_hashed_immutable_and_compressed(
    context: BrowserContext, watched: Watch, stack: Stack, responses: list[Response]
) -> None:
    chat = Chat(context.new_page(), stack.client).open()
    first = [response for response in responses if "/static/" in response.url]
    names = {name(file) for file in first}
    assert names >= {"assets/main.css", "assets/main.js", "theme.js"}
    assert not names & LOADED_LATER
    preloaded = chat.page.locator("link[rel=modulepreload]").evaluate_all("(all) => all.map(({ href }) => href)")
    scripts = [file.url for file in first if "/assets/" in file.url and file.url.endswith(".js")]
    assert len(scripts) == len(set(scripts)) == len(preloaded) + 1  # nothing is found out late, or loaded twice
    sizes: Counter[str] = Counter()
    for file in first:
        sizes[file.url.rpartition(".")[2]] += file.request.sizes()["responseBodySize"]
    for kind, transferred in sizes.items():
        record("bytes transferred at first", kind, transferred)
    assert sizes["js"] < LARGEST_SCRIPT
    chat.ask("What is loaded later?", "The parts that render a reply.")
    later = [response for response in responses if "/static/" in response.url][len(first) :]
    assert {name(file) for file in later} - {"icon.svg"} == {"assets/Markdown.js"}  # the icon comes at any time
    for file in first + later:
        assert re.search(HASH, file.url), file.url
        assert "immutable" in file.headers["cache-control"]
        if not file.url.endswith(".svg"):
            assert file.headers["content-encoding"] in ("gzip", "br")
    chat.page.reload()
    expect(chat.box).to_be_visible()
    assert {urlsplit(url).netloc for url in watched.requested} == {f"127.0.0.1:{stack.port}"}


def name(file: Response) -> str:
    """The file's path below /static/, without its hash."""
    return re.sub(HASH, ".", urlsplit(file.url).path).removeprefix("/static/")


def test_the_page_itself_is_not_cached(stack: Stack) -> None:
    cache_control = stack.client.get("/").headers["Cache-Control"] or ""
    assert "immutable" not in cache_control
    assert "max-age" not in cache_control or "max-age=0" in cache_control


@pytest.mark.parametrize("device", ["desktop", "a phone's processor and network"])
def test_the_first_paint_is_measured(open_chat: OpenChat, stack: Stack, device: str) -> None:
    chat = open_chat()
    if device != "desktop":
        tools = chat.page.context.new_cdp_session(chat.page)
        tools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        tools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        network = {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
        tools.send("Network.emulateNetworkConditions", {"offline": False, **network})
    chat.page.goto("about:blank")
    chat.page.goto(chat.url)
    record("first contentful paint, ms", device, round(chat.page.evaluate(PAINTED)))
    expect(chat.box).to_be_visible()


def test_an_image_on_another_site_is_a_link_and_is_not_requested(chat: Chat, watched: Watch) -> None:
    text = (
        'See ![a chart](http://elsewhere.invalid/leak.png "t") and <img src="http://elsewhere.invalid/raw.png"> this.'
    )
    chat.ask(text, "Yes.")
    chat.script("Leak!").text(text + "\n\n![](http://elsewhere.invalid/bare.png)").end()
    chat.send("Leak!")
    link = chat.replies.last.get_by_role("link", name="a chart")
    expect(link).to_have_attribute("href", "http://elsewhere.invalid/leak.png")
    chat.expect_idle()
    expect(chat.replies.get_by_role("img")).to_have_count(0)
    assert not [url for url in watched.requested if "elsewhere" in url]


def test_a_script_in_markdown_does_not_run(chat: Chat, watched: Watch) -> None:
    evil = "<script>window.evil = 1</script><b onclick=alert(1)>b</b> [x](javascript:window.evil=1) ok"
    chat.script("Evil!").text(evil).end()
    chat.send("Evil!")
    expect(chat.replies).to_contain_text("ok")
    chat.expect_idle()
    assert chat.page.evaluate("window.evil") is None
    assert not [url for url in chat.replies.locator("a").evaluate_all("a => a.map((a) => a.href)") if "script" in url]


def test_the_policy_blocks_requests_to_other_sites(chat: Chat, watched: Watch) -> None:
    watched.expect("Content Security Policy", "violates the following")
    smuggle = "url => { document.body.append(Object.assign(new Image(), { src: url })); }"
    with chat.page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        chat.page.evaluate(smuggle, "http://elsewhere.invalid/pixel.png")
    blocked = chat.page.evaluate("fetch('http://elsewhere.invalid/').then(() => 'sent', () => 'blocked')")
    assert blocked == "blocked"

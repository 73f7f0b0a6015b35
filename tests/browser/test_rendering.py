"""Code has colors, mathematics is set, and a long table scrolls: by parts that are loaded when first needed."""

import pytest
from playwright.sync_api import expect

from tests.browser import axe
from tests.browser.conftest import OpenChat

TABLE = "| n | square |\n|---|---|\n" + "".join(f"| {n} | {n * n} |\n" for n in range(100))
REPLY = rf"""It costs $5, or $6 with `$x$`; and $a^2$ is no price, nor is \(b_1\).

\[
\int_0^1 x^2 \, dx = \frac{{1}}{{3}}
\]

$$\sqrt{{2}} \approx 1.414$$

```python
# A comment
def answer(question: str) -> int:
    return len("forty-two") * 4 + 6
```

```nonsense
<b>not a language</b>
```

{TABLE}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_code_mathematics_and_tables_are_rendered(open_chat: OpenChat, scheme: str) -> None:
    chat = open_chat(color_scheme=scheme, reduced_motion="reduce")
    reply = chat.replies
    script = chat.begin("Show me", REPLY)
    expect(reply.locator(".katex")).to_have_count(4)
    script.end()
    chat.expect_idle()
    expect(reply.locator("p").first).to_contain_text("It costs $5, or $6 with $x$; and")
    expect(reply.locator("math[display=block]")).to_have_count(2)
    chat.page.wait_for_function("[...document.fonts].some((f) => f.family === 'KaTeX_Math' && f.status === 'loaded')")
    colors = {
        part: reply.locator(f".hljs-{part}").first.evaluate("(part) => getComputedStyle(part).color")
        for part in ("comment", "keyword", "title", "string", "number")
    }
    assert len(set(colors.values())) == 5, colors
    expect(reply.get_by_role("code").last).to_have_text("<b>not a language</b>")
    frame = reply.get_by_role("table").locator("..")
    assert frame.evaluate("(frame) => frame.scrollHeight > frame.clientHeight && frame.clientHeight < innerHeight")
    frame.focus()
    chat.page.keyboard.press("End")
    expect(reply.get_by_role("cell", name="9801")).to_be_in_viewport()
    expect(reply.get_by_role("columnheader", name="square")).to_be_in_viewport()
    assert [str(found) for found in axe.findings(chat.page) if found.impact in axe.SERIOUS] == []
    reply.locator(".katex").first.scroll_into_view_if_needed()
    chat.picture(f"rendered-{scheme}")

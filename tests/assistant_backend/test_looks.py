"""The chat page's title, texts and colors come from settings, and nothing in them can break out of the page."""

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient

from assistant_backend import looks
from assistant_backend.environment import InvalidEnvironmentError, parse
from tests.docs.pages import blocks
from tests.server import ROOT

(SHOWN,) = [block.text for block in blocks(ROOT / "docs/own.md") if block.language == "sh"]
PAGE = dict(line.split("=", 1) for line in SHOWN.splitlines())


@pytest.fixture
def read(settings: Any) -> Callable[..., tuple[str, dict[str, object], str]]:
    """Reads the page's title, the texts that its script reads, and its colors' style sheet. It need not be built."""
    settings.CHAT_PAGE = True

    def read(**variables: str) -> tuple[str, dict[str, object], str]:
        for name, value in parse(variables).items():
            if name.startswith("PAGE_"):
                setattr(settings, name, value)
        get = async_to_sync(AsyncClient(headers={"host": "localhost"}).get)
        page = get("/").content.decode()
        (title,) = re.findall(r"<title>(.*)</title>", page)
        (data,) = re.findall(r'type="application/json">(.*?)</script>', page)
        sheet = get("/colors.css")
        assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
        assert ("/colors.css" in page) == ("PAGE_COLORS" in variables)
        return html.unescape(title), json.loads(data), sheet.content.decode()

    return read


def test_the_page_says_what_the_settings_say(read: Callable[..., Any]) -> None:
    title, texts, sheet = read(**PAGE)
    assert title == "Acme"
    assert texts == {
        "title": "Acme",
        "heading": "How can we help?",
        "welcome": "Ask about your orders.",
        "prompts": ["Where is my order?", "Cancel it, please"],
        "hasModels": False,
        "logo": "",
        "threads": False,
    }
    assert sheet == ":root { --accent: light-dark(#7c3aed, #c4b5fd); --on-accent: light-dark(#fff, #1e1033); }\n"


def test_a_text_cannot_break_out_of_the_page(read: Callable[..., Any]) -> None:
    attack = "</script></title><script>alert(1)</script>"
    title, texts, _ = read(PAGE_TITLE=attack, PAGE_PROMPTS=attack)
    assert title == texts["title"] == attack


@pytest.mark.parametrize(
    ("colors", "says"),
    [
        ("colour:#fff", "'colour' must be one of page, panel"),
        ("accent:red", "accent must be a color such as #0b6b4d"),
        ("accent:#fff #000 #111", "accent must be a color such as #0b6b4d"),
        ("accent:#fff;} body{", "accent must be a color such as #0b6b4d"),
    ],
)
def test_a_color_that_is_none_is_refused_at_the_start(colors: str, says: str) -> None:
    with pytest.raises(InvalidEnvironmentError, match=says):
        parse({"PAGE_COLORS": colors})


def test_the_logo_is_served_as_an_image(read: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    _, texts, _ = read(PAGE_LOGO=str(tmp_path / "logo.svg"))
    image = async_to_sync(AsyncClient(headers={"host": "localhost"}).get)(texts["logo"])
    assert image.headers["Content-Type"] == "image/svg+xml"
    assert "default-src 'none'" in image.headers["Content-Security-Policy"]  # opened by itself, it runs no script
    assert image.content == (tmp_path / "logo.svg").read_bytes()


@pytest.mark.parametrize(
    ("name", "size", "says"),
    [
        ("logo.html", 1, r"must be the path of an image file: \.svg, \.png"),
        ("missing.svg", None, r"cannot read .*missing\.svg \(No such file"),
        ("large.png", 300_000, "has 300000 bytes: at most 262144"),
    ],
)
def test_a_logo_that_is_none_is_refused_at_the_start(name: str, size: int | None, says: str, tmp_path: Path) -> None:
    if size:
        (tmp_path / name).write_bytes(bytes(size))
    with pytest.raises(InvalidEnvironmentError, match=says):
        parse({"PAGE_LOGO": str(tmp_path / name)})


def test_the_colors_are_those_of_the_page() -> None:
    css = (ROOT / "frontend/src/app.css").read_text()
    assert tuple(re.findall(r"^  --([\w-]+): light-dark", css, re.MULTILINE)) == looks.COLORS

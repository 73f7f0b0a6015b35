"""The files proposed to assistant-ui's site are consistent and in the site's format."""

import re
import struct

from tests.server import ROOT

FOLDER = ROOT / "docs/upstream"
NAME = "assistant-transport-django"


def test_the_entry_has_the_registrys_fields_and_links_to_the_page() -> None:
    text = (FOLDER / "registry-entry.ts").read_text()
    entry = dict(re.findall(r'^  (\w+):\s+"([^"]+)",$', text, re.MULTILINE))
    assert set(entry) == {"title", "image", "description", "link", "githubLink"}
    assert entry["link"] == f"/examples/{NAME}"
    assert entry["image"] == f"/screenshot/examples/{NAME}.png"
    assert entry["githubLink"] in (FOLDER / f"{NAME}.mdx").read_text()


def test_the_page_has_a_title_and_a_description() -> None:
    _, front, body = (FOLDER / f"{NAME}.mdx").read_text().split("---\n", 2)
    assert re.fullmatch(r"title: .+\ndescription: .+\n", front)
    assert "<!--" not in body, "MDX has no HTML comments"


def test_the_screenshot_is_as_large_as_the_others() -> None:
    head = (FOLDER / f"{NAME}.png").read_bytes()[:24]
    assert struct.unpack(">II", head[16:]) == (1600, 900)

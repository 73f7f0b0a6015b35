"""How the chat page looks, from the settings PAGE_…: a company's page needs no build."""

import json
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from assistant_transport.conf import settings as app_settings
from assistant_transport.http import registry

# The variables of frontend/src/app.css.
COLORS = (
    "page", "panel", "raised", "line", "ink", "muted", "accent", "on-accent", "danger", "danger-soft", "notice-soft",
)  # fmt: skip
_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def colors_problem(value: Iterable[tuple[str, str]]) -> str | None:
    """Why PAGE_COLORS is not valid, or None."""
    for name, shades in value:
        if name not in COLORS:
            return f"{name!r} must be one of {', '.join(COLORS)}"
        if len(shades.split()) not in (1, 2) or not all(_COLOR.fullmatch(shade) for shade in shades.split()):
            return f"{name} must be a color such as #0b6b4d, or one for each theme, light and dark: #0b6b4d #4fd1a1"
    return None


# By a file's suffix: what `<img>` shows in every browser.
_LOGOS = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp", ".jpg": "image/jpeg"}
_LARGEST_LOGO = 256 * 1024


def logo_problem(value: str) -> str | None:
    """Why PAGE_LOGO is not valid, or None."""
    if not value:
        return None
    if Path(value).suffix.lower() not in _LOGOS:
        return f"must be the path of an image file: {', '.join(_LOGOS)}"
    try:
        size = len(Path(value).read_bytes())
    except OSError as error:
        return f"cannot read {value} ({error.strerror})"
    return (
        f"{value} has {size} bytes: at most {_LARGEST_LOGO} are loaded with the page" if size > _LARGEST_LOGO else None
    )


@cache
def logo(path: str) -> tuple[bytes, str]:
    """The logo's bytes and its Content-Type; kept, since the file is read while others wait."""
    return Path(path).read_bytes(), _LOGOS[Path(path).suffix.lower()]


def texts() -> dict[str, Any]:
    """What frontend/src/page.ts reads; for what is empty, the page has texts in the reader's language."""
    prompts = [prompt.strip() for prompt in settings.PAGE_PROMPTS.split(";") if prompt.strip()]
    return {
        "title": settings.PAGE_TITLE,
        "heading": settings.PAGE_HEADING,
        "welcome": settings.PAGE_WELCOME,
        "prompts": prompts,
        "hasModels": len(registry.assistant().model_names) > 1,
        "logo": reverse("logo") if settings.PAGE_LOGO else "",
        "threads": app_settings.THREADS,
    }


def files() -> dict[str, Any]:
    """The page's script (`file`), what it imports (`imports`) and its style sheets (`css`), as its build names them.

    They are paths below STATIC_URL.
    """
    manifest = settings.CHAT_PAGE_MANIFEST
    return _entry(manifest, manifest.stat().st_mtime_ns) if manifest.is_file() else {}


@lru_cache(maxsize=1)
def _entry(manifest: Path, _changed: int) -> dict[str, Any]:
    chunks: dict[str, dict[str, Any]] = json.loads(manifest.read_bytes())
    entry = chunks["src/main.tsx"]
    return entry | {"imports": [chunks[name]["file"] for name in entry.get("imports", ())]}


def style_sheet() -> str:
    """The colors as a style sheet, since the Content-Security-Policy allows no styles in the page itself."""
    rules = []
    for name, shades in settings.PAGE_COLORS:
        light, *dark = shades.split()
        rules.append(f"--{name}: light-dark({light}, {dark[0] if dark else light});")
    return f":root {{ {' '.join(rules)} }}\n"

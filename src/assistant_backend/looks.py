"""How the chat page looks, from the settings PAGE_…: a company's page needs no build."""

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings

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


def texts() -> dict[str, Any]:
    """What frontend/src/page.ts reads."""
    prompts = [prompt.strip() for prompt in settings.PAGE_PROMPTS.split(";") if prompt.strip()]
    return {
        "title": settings.PAGE_TITLE,
        "heading": settings.PAGE_HEADING,
        "welcome": settings.PAGE_WELCOME,
        "prompts": prompts,
    }


def style_sheet() -> str:
    """The colors as a style sheet, since the Content-Security-Policy allows no styles in the page itself."""
    rules = []
    for name, shades in settings.PAGE_COLORS:
        light, *dark = shades.split()
        rules.append(f"--{name}: light-dark({light}, {dark[0] if dark else light});")
    return f":root {{ {' '.join(rules)} }}\n"

"""Imports go one way: docs/architecture.md has the table of who may import whom, and src keeps to it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.server import ROOT

SRC, APP = ROOT / "src", "assistant_transport"
PACKAGES = ("api", "assistant_backend", APP)  # a project's own apps stand beside them
ROWS = re.findall(r"^\| `src/(\S+)` \|.*\| (.+) \|$", (ROOT / "docs/architecture.md").read_text(), re.MULTILINE)
MAY_IMPORT = dict(ROWS)


def folder(path: Path) -> str:
    """The row of the table that a file belongs to: a folder of src, or one of the app."""
    return f"{APP}/{path.parts[1]}" if path.parts[0] == APP and len(path.parts) > 2 else path.parts[0]


def imports(path: Path) -> Iterator[str]:
    """Every name that a file imports, in functions too. A relative import begins with a dot."""
    for node in ast.walk(ast.parse((SRC / path).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module}.{alias.name}" for alias in node.names)


def is_allowed(importer: str, name: str) -> bool:
    package, part, *_ = f"{name}.".split(".")
    if package != APP:
        return package == importer or package not in ("", "api", "assistant_backend")
    is_module = (SRC / APP / part).is_dir() or (SRC / APP / f"{part}.py").is_file()
    allowed = MAY_IMPORT[importer]
    return not is_module or importer == f"{APP}/{part}" or f"`{part}`" in allowed or allowed == "the app"


def test_every_folder_imports_only_what_the_table_allows() -> None:
    files = [path.relative_to(SRC) for package in PACKAGES for path in (SRC / package).rglob("*.py")]
    assert {folder(file) for file in files} == MAY_IMPORT.keys()
    assert not [f"{file}: {name}" for file in files for name in imports(file) if not is_allowed(folder(file), name)]

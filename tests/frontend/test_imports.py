"""The page's imports point one way: main → App → ui → chat → the modules beside these; and there are no circles."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

from tests.server import ROOT

SOURCES = ROOT / "frontend/src"
ORDER = ["main.tsx", "App.tsx", "ui", "chat"]
MODULES = {path.with_suffix(""): path for path in SOURCES.rglob("*.ts*")}


def layer(module: Path) -> int:
    top = module.relative_to(SOURCES).parts[0]
    return ORDER.index(top) if top in ORDER else len(ORDER)


def imports(module: Path) -> set[Path]:
    """The page's own modules that `module` imports, types included."""
    names = re.findall(r'\b(?:from|import) "(\.[^"]+)"', module.read_text())
    found = {(module.parent / name).resolve() for name in names if not name.endswith(".css")}
    return {MODULES[name] for name in found}


GRAPH = {module: imports(module) for module in MODULES.values()}


def test_imports_point_one_way() -> None:
    assert sum(map(len, GRAPH.values())) > 40
    assert not [
        f"{module.relative_to(SOURCES)} imports {imported.relative_to(SOURCES)}"
        for module, found in GRAPH.items()
        for imported in found
        if layer(imported) < layer(module)
    ]


def test_no_module_imports_itself_by_way_of_others() -> None:
    TopologicalSorter(GRAPH).prepare()  # raises CycleError, which names the circle

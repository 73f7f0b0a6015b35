"""A graph is found by its name, a wrong name is refused at the start, and other assistants do not import LangGraph."""

import re
import subprocess
import sys

import pytest

from assistant_transport.assistants import AssistantNotFoundError, load
from tests.assistants.langgraph.conftest import Graph, told
from tests.server import NAME, ROOT, Server, environment

GRAPHS = "langgraph:acme.graphs:"


def test_a_function_may_make_the_graph(graph: Graph) -> None:
    state, _ = graph("made").say("hi").follow()
    assert told(state) == [("human", "hi"), ("ai", "I heard human:hi")]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (
            GRAPHS + "not_compiled",
            "acme.graphs:not_compiled is a graph that is not compiled yet: call .compile() on it",
        ),
        (GRAPHS + "not_a_graph", "is not a compiled graph, nor a function without arguments that returns one"),
        (GRAPHS + "stops_silently", "stops_silently is compiled with interrupt_before or interrupt_after"),
        (GRAPHS + "synchronous", "has the synchronous checkpointer SyncSaver: use its asynchronous one"),
        (
            "langgraph:acme.context_graphs:incomplete",
            "incomplete: its context_schema Incomplete needs tenant: give each a default",
        ),
        (GRAPHS + "missing", "module 'acme.graphs' has no attribute 'missing'"),
        ("langgraph:no_such_package:graph", "there is no module 'no_such_package'"),
    ],
)
def test_a_wrong_graph_stops_the_start_and_says_why(name: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tests/fixtures"))
    with pytest.raises(AssistantNotFoundError, match=re.escape(says)):
        load(name)
    with pytest.raises(AssertionError, match=re.escape(says)):
        Server(ASSISTANT=name, ASSISTANT_MESSAGE_FORMAT="langchain")


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize("package", ["langgraph", "langchain_core"])
def test_without_the_extra_the_start_says_what_to_install(package: str) -> None:
    code = f"import sys; sys.modules[{package!r}] = None\nfrom assistant_transport import assistants\n"
    code += (
        f"try: assistants.load({GRAPHS + 'plain'!r})\nexcept assistants.AssistantNotFoundError as error: print(error)"
    )
    assert f"LangGraph is not installed: pip install '{NAME}[langgraph]'" in python(code)


def test_the_mock_does_not_import_langgraph() -> None:
    # langchain_core.messages comes with assistant_stream, which looks for it by itself.
    code = "import sys, assistant_backend.asgi; from assistant_transport import assistants; assistants.load('mock')\n"
    code += (
        "print([name for name in sys.modules if name.partition('.')[0] == 'langgraph' or 'assistants.lang' in name])"
    )
    assert python(code).strip() == "[]"


def test_nothing_is_traced_by_default() -> None:
    code = "import assistant_transport.assistants.langgraph; from langsmith.utils import tracing_is_enabled\n"
    code += "print(tracing_is_enabled())"
    code = f"import django; from django.conf import settings; settings.configure(); {code}"
    assert python(code).strip() == "False"

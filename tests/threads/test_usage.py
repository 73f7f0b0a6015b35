"""What a run took is kept with it: model, tokens in, out and cached."""

import pytest

from tests.providers import FORMATS, Stub
from tests.providers.answers import Say, answer
from tests.threads.site import Site


@pytest.mark.parametrize("name", FORMATS)
def test_a_run_is_recorded_with_its_model_and_its_tokens(database_file: str, name: str) -> None:
    stub = Stub()
    stub.answer(answer(Say(["Hello."]), input_tokens=70, output_tokens=5, cached_tokens=60))
    site = Site(database_file, **FORMATS[name].environment(stub.url))
    site.said("Hi")
    site.wait_for_end(1)
    ((model, *tokens),) = site.records("model", "input_tokens", "output_tokens", "cached_tokens")
    assert tokens == [70, 5, 60]
    assert model == stub.requests[0].body["model"]
    site.server.stop()
    stub.stop()

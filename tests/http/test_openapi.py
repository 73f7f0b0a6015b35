"""The server does what its own description says, tried by schemathesis over real sockets."""

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.server import Server
from tests.wire import Client


def test_the_server_does_what_it_says(server: Server) -> None:
    schema = schemathesis.openapi.from_url(f"http://{server.host}:{server.port}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    assert "POST /assistant" in {operation.label for operation in operations}
    for operation in operations:
        for mode in GenerationMode:
            # A state or an edit may have the right shape and still make no sense, so a 400 is no failure.
            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(max_examples=60, suppress_health_check=list(HealthCheck))
            def does_what_it_says(case: schemathesis.Case) -> None:
                case.call_and_validate(excluded_checks=[positive_data_acceptance])

            if mode is GenerationMode.POSITIVE or operation.body:
                does_what_it_says()


def test_the_document_is_openapi_of_this_version(client: Client) -> None:
    document = client.get("/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert document["info"]["version"] == "0.1.0"
    assert set(document["paths"]) >= {"/assistant", "/health", "/health/live", "/health/ready", "/health/startup"}

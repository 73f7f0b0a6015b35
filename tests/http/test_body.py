"""What becomes of a request's body once it is parsed."""

import asyncio
import json

import pytest
from django.http.request import RawPostDataException
from django.test import AsyncRequestFactory

from assistant_transport.http.body import read_json

LARGE = {"state": {"text": "x" * 300_000}}


@pytest.mark.parametrize("read_before", [False, True])
@pytest.mark.parametrize(("value", "is_freed"), [({"state": {}}, False), (LARGE, True)])
def test_a_large_body_is_freed_unless_a_middleware_has_read_it(
    value: object, is_freed: bool, read_before: bool
) -> None:
    text = json.dumps(value)
    request = AsyncRequestFactory().post("/assistant", text, content_type="application/json")
    assert not read_before or request.body == text.encode()
    assert asyncio.run(read_json(request)).data == value
    if is_freed and not read_before:
        with pytest.raises(RawPostDataException):
            _ = request.body
    else:
        assert request.body == text.encode()

"""Which optional fields of a request a server does not know, by what its refusal says of them."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from assistant_transport.assistants.llm.failures import provider_error

# Fields that a request can do without.
OPTIONAL = (
    "temperature", "top_p", "presence_penalty", "frequency_penalty", "seed", "reasoning_effort", "stream_options",
    "max_completion_tokens", "max_tokens", "max_output_tokens", "reasoning", "include", "store",
    "thinking", "output_config",
)  # fmt: skip
# The names of the one limit that may be replaced by each other, but not left out altogether.
LIMITS = frozenset({"max_completion_tokens", "max_tokens", "max_output_tokens"})
_UNKNOWN = "unknown_parameter", "unsupported_parameter", "extra_forbidden"
# Words that refuse the field itself. One that refuses a value names the value between the field and the refusal, as in
# "max_tokens 8192 is not supported", or says more behind it, as in "does not support temperature above 1".
_REFUSALS = (
    r"(unsupported|unknown|unrecogni[sz]ed|unexpected|extra|additional)\W+"
    r"((request|keyword|json|input)\W+)*(parameter|argument|field|property|name|key|option)s?( supplied)?\W{{0,4}}"
    r"{name}\b",
    r"\b{name}\W{{0,3}}((is|are)\s+)?(currently\s+)?(not|un)\s*(currently\s+)?(be\s+)?"
    r"(supported|permitted|allowed|recogni[sz]ed|accepted)\b",
    r"\b{name}\W{{0,3}}(extra|additional) (inputs|fields|properties)",
    r"\b{name}\W{{0,3}}is (deprecated|unknown)",
    r"(not|n't) (support|permit|allow|accept|recogni[sz]e)\s+(the\s+)?((parameter|argument|field|option)\s+)?"
    r"\W?{name}\b(?!\W+(above|below|greater|larger|of|over|value|values|with value|\d))",
)


def refused_fields(body: bytes, sent: Mapping[str, Any]) -> set[str]:
    """The names of `sent`, a request's JSON, that the server does not know. A refused value is none of them.

    Servers quote a request in their errors; what stands in the request is not taken for their words.
    """
    error = provider_error.of_body(body, datetime.now(UTC))
    found = set(_extra(body))
    if (
        error.param
        and not {"unsupported_value", "invalid_value"} & set(error.names)
        and set(_UNKNOWN) & set(error.names)
    ):
        found.add(error.param)
    said = json.dumps(sent, ensure_ascii=False)
    for name in OPTIONAL:
        refusals = (re.search(words.format(name=name), error.text, re.IGNORECASE) for words in _REFUSALS)
        if any(refusal and refusal[0] not in said for refusal in refusals):
            found.add(name)
    return found & set(OPTIONAL) & set(sent)


def _extra(body: bytes) -> Iterator[str]:
    """The fields that Pydantic calls extra: `{"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"]}]}`."""
    try:
        details = json.loads(body)["detail"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, dict) and detail.get("type") == "extra_forbidden" and detail.get("loc"):
            yield str(detail["loc"][-1]) if isinstance(detail["loc"], list) else str(detail["loc"])

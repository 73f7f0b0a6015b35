"""Parts of the API's description that many of its routes have."""

from typing import Any

REFERENCE = "#/components/schemas/{model}"

CALLER = [
    {
        "name": "X-Client-Id",
        "in": "header",
        "required": False,
        "description": "Which client calls, at random. With it, threads can be resumed by their names.",
        "schema": {"type": "string", "minLength": 22, "maxLength": 200, "pattern": "^[!-~]{22,200}$"},
    }
]
REFUSALS = {
    "400": "The request is not valid; it says which field, and what was expected.",
    "401": "The caller is not let in, such as for want of an API key.",
    "403": "The caller goes by cookies, and the CSRF token is missing or wrong.",
    "408": "The body took too long to arrive.",
    "405": "The route takes another method; Allow says which.",
    "413": "The body is larger than MAX_BODY_BYTES.",
    "415": "The body is not application/json.",
    "503": "Not now; Retry-After says when.",
}


def body(model: str) -> dict[str, Any]:
    schema = {"$ref": REFERENCE.format(model=model)}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def errors(refusals: dict[str, str]) -> dict[str, Any]:
    schema = {"$ref": REFERENCE.format(model="Error")}
    return {status: content(description, schema) for status, description in refusals.items()}


def content(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}

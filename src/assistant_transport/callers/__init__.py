"""Who calls. The setting CALLER is the dotted path of one of these functions, or of one of your own.

Such a function takes the HttpRequest, may be async, and returns a Caller or raises CallerRefusedError.
"""

from assistant_transport.callers.base import Caller, CallerRefusedError, Function, load, opaque
from assistant_transport.callers.json_web_token import jwt
from assistant_transport.callers.keys import api_keys
from assistant_transport.callers.proxy import forwarded_user
from assistant_transport.callers.session import signed_in

# Those of these that go by a header alone, so that a page needs no CSRF token.
BY_HEADER = ("assistant_transport.callers.api_keys", "assistant_transport.callers.jwt")

__all__ = [
    "BY_HEADER",
    "Caller",
    "CallerRefusedError",
    "Function",
    "api_keys",
    "forwarded_user",
    "jwt",
    "load",
    "opaque",
    "signed_in",
]

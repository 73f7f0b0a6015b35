"""Who calls: the holder of an API key, and the client that says which one it is."""

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256

from django.http import HttpRequest

from assistant_transport.conf import settings
from assistant_transport.http.errors import ApiError
from assistant_transport.runs import Quota

# 128 bits or more of randomness take 22 characters of base64; a guessable id would open somebody else's runs.
_CLIENT_ID = re.compile(r"[\x21-\x7e]{22,200}")


@dataclass(frozen=True)
class Caller:
    """`key` is the API key's name, empty for an anonymous caller; `client` is what X-Client-Id says, or None."""

    key: str
    client: str | None

    @property
    def owner(self) -> str:
        """An opaque name of the caller. Without X-Client-Id many share it, so only a run's own id opens a run."""
        return sha256(f"{self.key}\0{self.client or ''}".encode()).hexdigest()[:32]

    @property
    def quotas(self) -> list[Quota]:
        """How many runs at once this caller may have.

        Callers without X-Client-Id share an owner, so they are not counted by it: one could lock out the others.
        """
        by_owner = [Quota("owner", self.owner, settings.MAX_RUNS_PER_OWNER)] if self.is_named else []
        return by_owner + ([Quota("key", self.key, settings.MAX_RUNS_PER_KEY)] if self.key else [])

    @property
    def is_named(self) -> bool:
        return self.client is not None


def authenticate(request: HttpRequest) -> Caller:
    """The caller, whose API key is checked where API_KEYS asks for one.

    Raises:
        ApiError: 401 without a valid key, 400 for an X-Client-Id that could be guessed.
    """
    client = request.headers.get("X-Client-Id")
    if client is not None and not _CLIENT_ID.fullmatch(client):
        raise ApiError(400, "X-Client-Id must be 22 to 200 printable characters, at random: a UUID will do.")
    return Caller(_key_name(request), client)


def _key_name(request: HttpRequest) -> str:
    if not settings.API_KEYS:
        return ""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    name: str | None = None
    if scheme.lower() == "bearer":
        for known_name, known in settings.API_KEYS:
            # Every key is compared, each in constant time, so that no time tells which one was nearly right.
            if hmac.compare_digest(known.encode(), given.strip().encode()):
                name = known_name
    if name is None:
        headers = {"WWW-Authenticate": 'Bearer realm="assistant"'}
        raise ApiError(401, "Send a valid API key, with the header Authorization: Bearer <key>.", headers=headers)
    return name

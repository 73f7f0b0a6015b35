"""A small HTTP/1.1 client for streams: by measurement the cheapest way from a provider's socket to its events.

On one core, microseconds of CPU a streamed event (a read each, uvloop): this 8 to 11, aiohttp 3.14 14 to 16,
h11 26, httpx2 2.16 51, niquests 3.21 67. aiohttp would take 14 MB more of memory a process.
"""

from assistant_transport.assistants.llm.http.client import Client, Response
from assistant_transport.assistants.llm.http.connection import BrokenError, SilentError, UnreachableError

__all__ = ["BrokenError", "Client", "Response", "SilentError", "UnreachableError"]

"""`python -m tests.threads.queries`: prints the statements of the second reply on a kept thread, as JSON."""

import asyncio
import json
import os
import sys
from contextlib import suppress
from typing import Any

from tests.counted import ask
from tests.server import environment


async def main() -> None:
    from django.db import connection

    from assistant_backend.asgi import application
    from assistant_transport.http import lifecycle, registry

    seen: list[str] = []

    def see(execute: Any, sql: str, *arguments: Any) -> Any:
        seen.append(sql)
        return execute(sql, *arguments)

    await lifecycle.start()
    store: Any = registry.thread_store()
    await ask(application, 5, thread="a")
    await store._writer.ask(lambda: connection.execute_wrappers.append(see))
    with suppress(AssertionError):  # it has the tokens of the first reply too
        await ask(application, 5, thread="a")
    await store.close()
    json.dump(seen, sys.stdout)


if __name__ == "__main__":
    os.environ |= environment(ASSISTANT="tests.counted.Assistant", LOG_LEVEL="WARNING")
    asyncio.run(main())

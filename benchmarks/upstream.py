"""The same reply by a server like upstream's example backend: FastAPI, assistant-stream and its state proxies.

If FastAPI cannot be installed, Starlette and Pydantic take its place, which costs a little less.
"""

import os
import sys
from typing import Any

import uvicorn
from assistant_stream import RunController, create_run
from assistant_stream.serialization import DataStreamResponse
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.routing import Route

from benchmarks.conversation import tokens

sys.path.append(os.environ.get("BENCHMARK_PACKAGES", ""))  # behind this environment's own packages
try:
    from fastapi import FastAPI
except ImportError:
    FastAPI = None


class MessagePart(BaseModel):
    type: str
    text: str | None = None
    image: str | None = None


class UserMessage(BaseModel):
    role: str = "user"
    parts: list[MessagePart]


class AddMessageCommand(BaseModel):
    type: str = "add-message"
    message: UserMessage


class AssistantRequest(BaseModel):
    commands: list[AddMessageCommand]
    system: str | None = None
    tools: dict[str, Any] | None = None
    state: dict[str, Any] | None = None


async def answer(request: AssistantRequest) -> DataStreamResponse:
    async def reply(controller: RunController) -> None:
        message = request.commands[0].message
        controller.state["messages"].append(message.model_dump(exclude_none=True))
        controller.state["messages"].append({"role": "assistant", "parts": [{"type": "text", "text": ""}]})
        async for token in tokens(message.parts[0].text or ""):
            controller.state["messages"][-1]["parts"][0]["text"] += token
        controller.state["provider"] = "completed"

    return DataStreamResponse(create_run(reply, state=request.state))


async def started() -> dict[str, str]:
    return {"status": "ok"}


async def _starlette_answer(request: Request) -> DataStreamResponse:
    return await answer(AssistantRequest.model_validate_json(await request.body()))


async def _starlette_started(request: Request) -> DataStreamResponse:
    return DataStreamResponse(create_run(_nothing))


async def _nothing(controller: RunController) -> None:
    """Writes nothing."""


def _application() -> Any:
    if FastAPI is None:
        routes = [
            Route("/assistant", _starlette_answer, methods=["POST"]),
            Route("/health/startup", _starlette_started),
        ]
        return Starlette(routes=routes)
    app = FastAPI()
    app.post("/assistant", response_model=None)(answer)
    app.get("/health/startup")(started)
    return app


app = _application()
app.add_middleware(CORSMiddleware, allow_origins=["http://localhost:3000"], allow_credentials=True)

if __name__ == "__main__":
    port = int(os.environ["PORT"])
    uvicorn.run(app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", access_log=False)

"""The same reply by a server like upstream's example backend: FastAPI, assistant-stream and its state proxies."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from assistant_stream import RunController, create_run
from assistant_stream.serialization import DataStreamResponse
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel

from benchmarks.conversation import tokens


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


def application(endpoint: Callable[[AssistantRequest], Awaitable[DataStreamResponse]]) -> FastAPI:
    app = FastAPI()
    app.post("/assistant", response_model=None)(endpoint)
    app.get("/health/startup")(started)
    app.add_middleware(CORSMiddleware, allow_origins=["http://localhost:3000"], allow_credentials=True)
    return app


def serve(app: FastAPI) -> None:
    port = int(os.environ["PORT"])
    uvicorn.run(app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", access_log=False)


if __name__ == "__main__":
    serve(application(answer))

"""`python -m benchmarks.by_hand FORMAT`: a model's replies as a user would write them by hand.

FastAPI, assistant-stream and the provider's SDK, which takes its key and its address from the environment.
"""

import os
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

from assistant_stream import RunController, create_run
from assistant_stream.serialization import DataStreamResponse

from benchmarks.upstream import AssistantRequest, application, serve

Ask = Callable[[str], AsyncIterator[str]]


def chat() -> Ask:
    from openai import AsyncOpenAI

    client = AsyncOpenAI()

    async def ask(text: str) -> AsyncIterator[str]:
        messages: Any = [{"role": "user", "content": text}]
        stream = await client.chat.completions.create(model=os.environ["OPENAI_MODEL"], messages=messages, stream=True)
        async for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                yield chunk.choices[0].delta.content

    return ask


def responses() -> Ask:
    from openai import AsyncOpenAI

    client = AsyncOpenAI()

    async def ask(text: str) -> AsyncIterator[str]:
        messages: Any = [{"role": "user", "content": text}]
        stream = await client.responses.create(model=os.environ["OPENAI_MODEL"], input=messages, stream=True)
        async for event in stream:
            if event.type == "response.output_text.delta":
                yield event.delta

    return ask


def anthropic() -> Ask:
    from anthropic import AsyncAnthropic

    client = AsyncAnthropic()

    async def ask(text: str) -> AsyncIterator[str]:
        messages: Any = [{"role": "user", "content": text}]
        model = os.environ["ANTHROPIC_MODEL"]
        stream = await client.messages.create(model=model, messages=messages, max_tokens=8192, stream=True)
        async for event in stream:
            if event.type == "content_block_delta" and event.delta.type == "text_delta":
                yield event.delta.text

    return ask


ask = {"chat": chat, "responses": responses, "anthropic": anthropic}[sys.argv[1]]()


async def answer(request: AssistantRequest) -> DataStreamResponse:
    async def reply(controller: RunController) -> None:
        message = request.commands[0].message
        controller.state["messages"].append(message.model_dump(exclude_none=True))
        controller.state["messages"].append({"role": "assistant", "parts": [{"type": "text", "text": ""}]})
        async for token in ask(message.parts[0].text or ""):
            controller.state["messages"][-1]["parts"][0]["text"] += token
        controller.state["provider"] = "completed"

    return DataStreamResponse(create_run(reply, state=request.state))


app = application(answer)

if __name__ == "__main__":
    serve(app)

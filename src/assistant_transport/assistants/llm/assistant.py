"""The assistant that asks a model: history in, streamed parts out, the server's tools in between."""

import logging
from typing import Any

from pydantic_ai import Agent, AgentRun, DeferredToolRequests, ModelMessage, UsageLimits
from pydantic_ai.exceptions import AgentRunError
from pydantic_ai.models import Model

from assistant_transport.assistants.base import BaseAssistant
from assistant_transport.assistants.errors import InvalidTurnError
from assistant_transport.assistants.llm import failures, history, images, options, providers, sdk_failures, tools
from assistant_transport.assistants.llm.failures import ModelRequestError
from assistant_transport.assistants.llm.providers import Provider
from assistant_transport.assistants.llm.stream import Writing
from assistant_transport.assistants.turn import Turn
from assistant_transport.conf import settings
from assistant_transport.transcript import Image, Text

logger = logging.getLogger(__name__)


class ModelAssistant(BaseAssistant):
    """Answers by a provider's models."""

    def __init__(self, provider: Provider) -> None:
        failures.warn_of_messages()
        self._provider = provider
        server_tools = tools.server_tools()
        self._server_names = frozenset(tool.name for tool in server_tools)
        self._agent: Agent[None, str | DeferredToolRequests] = Agent(
            output_type=[str, DeferredToolRequests],
            tools=server_tools,
            # Arguments that do not fit go back to the model as often as it has rounds; an empty answer does not.
            retries={"tools": settings.MAX_TOOL_ROUNDS, "output": 0},
            name="assistant",
        )

    def check(self, turn: Turn) -> None:
        """Raises InvalidTurnError where the turn cannot be answered."""
        if len(turn.transcript.messages) > settings.MAX_HISTORY_MESSAGES:
            limit = f"The conversation has more than {settings.MAX_HISTORY_MESSAGES} messages. Please begin a new one."
            raise InvalidTurnError(limit, too_large=True)
        tools.check(turn.tools, self._server_names, self._model(turn))
        for entry in reversed(turn.transcript.entries()):
            if not entry.by_user:
                break
            if not any(
                isinstance(part, Image) or (isinstance(part, Text) and part.text.strip()) for part in entry.parts
            ):
                raise InvalidTurnError("The message has neither text nor an image.")
            for part in entry.parts:
                if isinstance(part, Image):
                    try:
                        images.read(part.url)
                    except ValueError as problem:
                        raise InvalidTurnError(f"The message cannot be taken: {problem}.") from None

    async def reply(self, turn: Turn) -> None:
        model = self._model(turn)
        requests: list[str] = []
        providers.request_id.set(requests)
        with failures.reported(
            provider=self._provider.name,
            model=model.model_name,
            request_id=lambda: requests[-1] if requests else None,
        ):
            entries = turn.transcript.entries()
            if not history.awaits_answer(entries, turn.tools):
                return
            messages = history.messages(entries)
            if not messages or messages[-1].kind != "request":
                return
            try:
                await self._answer(turn, model, messages)
            except AgentRunError as error:
                raise ModelRequestError(sdk_failures.of_exception(error)) from None

    async def _answer(self, turn: Turn, model: Model, messages: list[ModelMessage]) -> None:
        writing = Writing(turn.transcript)
        rounds = settings.MAX_TOOL_ROUNDS - history.rounds_since_user(messages)
        run_options: dict[str, Any] = {
            "message_history": messages,
            "model": model,
            "instructions": options.instructions(turn),
            "model_settings": options.model_settings(turn, self._provider.settings),
            "toolsets": [tools.toolset(turn.tools)],
            "usage_limits": UsageLimits(request_limit=max(0, rounds + 1)),
        }
        run: AgentRun[None, str | DeferredToolRequests]
        async with self._agent.iter(None, **run_options) as run:
            try:
                async for node in run:
                    if Agent.is_model_request_node(node):
                        writing.begin_response()
                        async with node.stream(run.ctx) as stream:
                            async for event in stream:
                                writing.take(event)
                            sdk_failures.check(stream.response)
                    elif Agent.is_call_tools_node(node):
                        async with node.stream(run.ctx) as results:
                            async for result in results:
                                writing.take(result)
            finally:
                usage = run.usage
                writing.set_usage(usage.input_tokens, usage.output_tokens)
                logger.info(
                    "A model's reply took %d requests, %d tokens in, %d tokens out",
                    usage.requests,
                    usage.input_tokens,
                    usage.output_tokens,
                    extra={
                        "provider": self._provider.name,
                        "model": model.model_name,
                        "input_tokens": usage.input_tokens,
                        "output_tokens": usage.output_tokens,
                    },
                )

    def _model(self, turn: Turn) -> Model:
        return self._provider.model(turn.config.get("modelName"))


class OpenAIAssistant(ModelAssistant):
    """Answers by OpenAI's models, or those of the server at OPENAI_BASE_URL."""

    name = "openai"

    def __init__(self) -> None:
        super().__init__(providers.openai())


class AnthropicAssistant(ModelAssistant):
    """Answers by Anthropic's models."""

    name = "anthropic"

    def __init__(self) -> None:
        super().__init__(providers.anthropic())

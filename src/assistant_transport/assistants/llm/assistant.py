"""The assistant that asks a model: history in, streamed parts out, the server's tools in between."""

import logging

from assistant_transport.assistants.base import BaseAssistant
from assistant_transport.assistants.errors import InvalidTurnError
from assistant_transport.assistants.llm import failures, history, images, options, providers, tools
from assistant_transport.assistants.llm.approvals import Approvals
from assistant_transport.assistants.llm.asking import Asking
from assistant_transport.assistants.llm.conversation import Conversation, rounds_since_user
from assistant_transport.assistants.llm.failures import ModelRequestError, failure
from assistant_transport.assistants.llm.formats import ModelRequest
from assistant_transport.assistants.llm.providers import Provider
from assistant_transport.assistants.llm.writing import Writing
from assistant_transport.assistants.resume import Resume
from assistant_transport.assistants.tools import loading
from assistant_transport.assistants.turn import Turn
from assistant_transport.conf import settings
from assistant_transport.transcript import Image, Text

logger = logging.getLogger(__name__)


class ModelAssistant(BaseAssistant):
    """Answers by a provider's models."""

    commands = (Resume,)

    def __init__(self, provider: Provider) -> None:
        failures.warn_of_messages()
        self._provider = provider
        self._tools = loading.load(settings.SERVER_TOOLS)
        self._approvals = Approvals(self._tools)

    @property
    def model_names(self) -> tuple[str, ...]:
        return self._provider.models

    def check(self, turn: Turn) -> None:
        """Raises InvalidTurnError where the turn cannot be answered."""
        if len(turn.transcript.messages) > settings.MAX_HISTORY_MESSAGES:
            limit = f"The conversation has more than {settings.MAX_HISTORY_MESSAGES} messages. Please begin a new one."
            raise InvalidTurnError(limit, too_large=True)
        tools.check(turn.tools, self._tools)
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

    async def acheck(self, turn: Turn) -> None:
        self.check(turn)
        await self._approvals.take(turn)

    async def reply(self, turn: Turn) -> None:
        model = self._provider.model(turn.config.get("modelName"))
        offered = frozenset(self._approvals.offered(turn)) | frozenset(turn.tools)
        writing = Writing(turn.transcript, offered, splits_thinking=not self._provider.is_official)
        asking = Asking(self._provider, writing)
        try:
            with failures.reported(provider=self._provider.name, model=model, request_id=lambda: asking.request_id):
                goes_on = await self._approvals.carry_out(turn)
                results = {result.call_id for result in turn.tool_results}
                results |= {decided.call.call_id for decided in turn.decided}
                if goes_on and history.awaits_answer(turn.transcript.entries(), turn.tools, results):
                    await self._answer(turn, model, writing, asking)
        finally:
            if writing.requests:
                self._count(writing, model)

    async def _answer(self, turn: Turn, model: str, writing: Writing, asking: Asking) -> None:
        """Asks the model, runs the tools that it calls, and asks again until it calls none of the server's."""
        server_tools = self._approvals.offered(turn)
        request = ModelRequest(
            model,
            conversation := self._conversation(turn),
            options.instructions(turn),
            tools.specs(server_tools, turn.tools),
            options.max_tokens(turn, is_official=self._provider.is_official),
            options.sampling(turn),
            options.effort(turn),
            self._provider.is_official,
        )
        rounds = rounds_since_user(conversation)
        while conversation:
            if rounds > settings.MAX_TOOL_ROUNDS:
                raise ModelRequestError(failure("tool_rounds", rounds=settings.MAX_TOOL_ROUNDS))
            calls = await asking.response(request.asking(conversation))
            waiting = await tools.run(calls, server_tools, turn)
            await self._approvals.ask(waiting, turn)
            if not calls or waiting or any(call.name in turn.tools for call in calls):
                return
            rounds += 1
            # Read from the transcript: what the model is told is what the client has.
            conversation = self._conversation(turn)

    def _conversation(self, turn: Turn) -> Conversation:
        return history.conversation(turn.transcript.entries(), strict_ids=self._provider.is_official)

    def _count(self, writing: Writing, model: str) -> None:
        tokens = {"input_tokens": writing.input_tokens, "output_tokens": writing.output_tokens}
        writing.set_usage(model)
        logger.info(
            "A model's reply took %d requests, %s tokens in, %s tokens out",
            writing.requests,
            *("unknown" if count is None else count for count in tokens.values()),
            extra={"provider": self._provider.name, "model": model, "requests": writing.requests}
            | {name: count for name, count in tokens.items() if count is not None},
        )


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

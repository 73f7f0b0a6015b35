"""Assistants that ask a model: OpenAI's, Anthropic's, or one behind a server with the same API.

To be imported only where one of them answers: the libraries beneath take a second and some 60 MB.
"""

import os

os.environ.setdefault("PYDANTIC_AI_NO_BANNER", "1")  # it would stand among the log lines

from assistant_transport.assistants.llm.assistant import AnthropicAssistant, ModelAssistant, OpenAIAssistant

__all__ = ["AnthropicAssistant", "ModelAssistant", "OpenAIAssistant"]

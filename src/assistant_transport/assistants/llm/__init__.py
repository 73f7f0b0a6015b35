"""Assistants that ask a model: OpenAI's, Anthropic's, or one behind a server with the same API."""

from assistant_transport.assistants.llm.assistant import AnthropicAssistant, ModelAssistant, OpenAIAssistant

__all__ = ["AnthropicAssistant", "ModelAssistant", "OpenAIAssistant"]

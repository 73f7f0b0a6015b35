"""The client's tools for agents of langchain's `create_agent`, and for what is built on it, such as deepagents.

Such an agent answers a call of a tool that it does not know by an error at once. Tested with langchain 1.5.2.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from langchain.agents.middleware import AgentMiddleware, AgentState, ModelRequest, ModelResponse, ToolCallRequest
from langchain.agents.middleware.types import hook_config
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.config import get_config
from langgraph.runtime import Runtime
from langgraph.types import Command


class ClientTools(AgentMiddleware[Any, Any, Any]):
    """Offers the client's tools to the model, and ends the run at their calls, whose results begin the next run.

    The calls of the agent's own tools in the same message run first. Give it to agents whose messages the client sees:
    nobody could answer the calls of one that runs within a tool.
    """

    async def awrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]]
    ) -> ModelResponse[Any]:
        return await handler(request.override(tools=[*request.tools, *_client_tools()]))

    async def awrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Awaitable[ToolMessage | Command[Any]]]
    ) -> ToolMessage | Command[Any]:
        if request.tool is None and request.tool_call["name"] in _names():
            return Command()  # no result: it comes from the client
        return await handler(request)

    @hook_config(can_jump_to=["end"])
    async def abefore_model(self, state: AgentState[Any], runtime: Runtime[Any]) -> dict[str, Any] | None:
        messages = state["messages"]
        answered = {message.tool_call_id for message in messages if isinstance(message, ToolMessage)}
        calls = next((message.tool_calls for message in reversed(messages) if isinstance(message, AIMessage)), [])
        waits = {call["name"] for call in calls if call["id"] not in answered} & _names()
        return {"jump_to": "end"} if waits else None


def _client_tools() -> list[dict[str, Any]]:
    tools: list[dict[str, Any]] = get_config()["configurable"].get("frontend_tools", [])
    return tools


def _names() -> set[str]:
    return {tool["function"]["name"] for tool in _client_tools()}

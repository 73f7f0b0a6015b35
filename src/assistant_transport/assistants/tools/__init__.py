"""The tools that models may call on this server. To add one, write an async function and name it in SERVER_TOOLS.

Its parameters need types and its docstring says what it is for: the model reads both. What it returns has to be JSON,
or a Pydantic model or dataclass of JSON. A model may pass any arguments, and the tool runs with the server's rights,
so write it with the care of a public endpoint. Raise ToolError to tell the model what was wrong; of any other exception
the model learns only that the tool failed. With `@tool(needs_approval=True)` a person decides each call before it runs.
"""

from assistant_transport.assistants.tools.calculator import calculate
from assistant_transport.assistants.tools.clock import current_time
from assistant_transport.assistants.tools.errors import ArgumentsError, ToolError
from assistant_transport.assistants.tools.server_tool import ServerTool, Tool, tool

# Those that are shipped.
TOOLS: tuple[Tool, ...] = (calculate, current_time)

__all__ = ["TOOLS", "ArgumentsError", "ServerTool", "Tool", "ToolError", "tool"]

"""Tools that models call: SERVER_TOOLS=example.tools.add_item,example.tools.list_items"""

from assistant_transport.assistants import Turn
from assistant_transport.assistants.tools import ToolError
from example.models import Item


async def add_item(turn: Turn, text: str) -> str:
    """Keeps an item for the user.

    Args:
        text: What it is.
    """
    await Item.objects.acreate(owner=_owner(turn), text=text)
    return f"Kept: {text}"


async def list_items(turn: Turn) -> list[str]:
    """Lists the items that the user has kept."""
    return [item.text async for item in Item.objects.filter(owner=_owner(turn)).order_by("id")]


def _owner(turn: Turn) -> str:
    """Whose items these are. A model never chooses it: only the turn says who calls."""
    if turn.owner is None:
        raise ToolError("Nobody knows whose items these are: the client has to send X-Client-Id.")
    return turn.owner

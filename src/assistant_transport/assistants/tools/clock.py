"""The current time, which a model does not know."""

from datetime import datetime
from zoneinfo import ZoneInfo

from assistant_transport.assistants.tools.errors import ToolError


async def current_time(time_zone: str = "UTC") -> str:
    """Says the current date and time, with the weekday.

    Args:
        time_zone: The IANA name of the time zone, such as Europe/Paris.
    """
    try:
        zone = ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):
        raise ToolError("There is no such time zone. Use an IANA name such as Europe/Paris.") from None
    return datetime.now(zone).strftime("%A, %Y-%m-%dT%H:%M:%S%z")

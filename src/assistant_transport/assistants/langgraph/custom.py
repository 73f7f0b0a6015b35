"""What a graph writes beside its state: by `get_stream_writer`, and by `push_ui_message` before its step ends."""

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any

from langgraph.graph.ui import ui_message_reducer

from assistant_transport.assistants.langgraph import changes
from assistant_transport.assistants.langgraph.tool_nodes import Graph
from assistant_transport.assistants.langgraph.values import json_value

logger = logging.getLogger(__name__)

KEY = "__custom__"  # of the events in the client's state
UI_KEY = "ui"  # where push_ui_message keeps its messages by default
MAX_EVENTS = 100  # that a client keeps, for it sends its whole state with each request


class CustomEvents:
    """Writes the events of one run into `document`, which holds no earlier run's then.

    Messages for the UI go to the key `ui`, as the graph's state has them after the step; if the graph has that key and
    does not show it, they are dropped. A graph without it has them among the other events.
    """

    def __init__(self, document: Any, graph: Graph) -> None:
        self._document = document
        self._has_ui = UI_KEY in graph.channels
        self._shows_ui = not isinstance(graph.output_channels, str) and UI_KEY in graph.output_channels
        if document.value.get(KEY):
            document.set([KEY], [])

    def add(self, event: Any) -> None:
        """Takes an event of the stream mode `custom`. One that cannot be JSON is logged once and left out."""
        try:
            event = json_value(event, self._document.accepts)
        except TypeError as error:
            _log_once(str(error))
            return
        if self._has_ui and isinstance(event, Mapping) and event.get("type") in ("ui", "remove-ui"):
            if self._shows_ui:
                self._add_ui(event)
            return
        events = self._document.value.get(KEY) or []
        if len(events) < 2 * MAX_EVENTS:
            changes.write(self._document, [KEY], [*events, event])
        else:
            self._document.set([KEY], [*events[1 - MAX_EVENTS :], event])

    def _add_ui(self, event: Any) -> None:
        shown = self._document.value.get(UI_KEY)
        known = [each for each in shown if _is_ui(each)] if isinstance(shown, list) else []
        try:
            messages = ui_message_reducer(known, [event])
        except ValueError:  # it removes what is not there
            return
        changes.write(self._document, [UI_KEY], messages)


def _is_ui(message: Any) -> bool:
    return isinstance(message, dict) and isinstance(message.get("props"), dict)


@cache
def _log_once(reason: str) -> None:
    logger.warning("A custom event of the graph is not sent to the client: %s", reason)

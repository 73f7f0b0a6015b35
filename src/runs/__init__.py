"""What carries a reply: the run, its state document, its frames. It knows no assistant and no HTTP."""

from runs.document import StateDocument, TextCursor
from runs.run import Controller, Run
from runs.wire import PROTOCOLS, Wire

__all__ = ["PROTOCOLS", "Controller", "Run", "StateDocument", "TextCursor", "Wire"]

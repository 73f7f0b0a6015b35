"""What an assistant writes through."""

from typing import Any

from assistant_transport.runs.assistant_stream_internals import RunController
from assistant_transport.runs.document import StateDocument
from assistant_transport.runs.pump import Pump


class Controller(RunController):
    """assistant-stream's RunController over a run's own document and pump."""

    def __init__(self, pump: Pump, state: Any) -> None:
        self.document = StateDocument(state, pump)
        super().__init__(pump.put_nowait, self.document)

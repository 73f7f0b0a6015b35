"""Server-sent events out of a stream of bytes, as the HTML standard has them (section 9.2)."""

_MARK = b"\xef\xbb\xbf"  # a byte order mark
MOST_BYTES = 16 * 1024 * 1024  # of one event: a generous image or tool call


class EventTooLargeError(Exception):
    """An event is larger than MOST_BYTES, or never ends."""


class EventParser:
    """Takes bytes however they are cut and gives the events that are whole: their names and data."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []  # of a line that has not ended, without the pieces put together
        self._data: list[bytes] = []
        self._name = ""
        self._length = 0  # of the event so far
        self._is_first = True
        self._after_cr = False  # an LF would belong to it

    def feed(self, chunk: bytes) -> list[tuple[str, bytes]]:
        """The events that end within `chunk`: `event:` ("" where there is none) and `data:`.

        Raises:
            EventTooLargeError
        """
        self._length += len(chunk)
        if self._length > MOST_BYTES:
            raise EventTooLargeError
        lines = self._lines(chunk)
        events: list[tuple[str, bytes]] = []
        for line in lines:
            if line:
                self._take(line)
                continue
            if self._data:
                # Empty data is none: gateways send it to keep a connection alive.
                data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
                if data:
                    events.append((self._name, data))
                self._data = []
            self._name = ""
            self._length = 0
        return events

    def rest(self) -> list[tuple[str, bytes]]:
        """The last event, where the stream ended without the empty line after it."""
        return self.feed(b"\n\n")

    def _lines(self, chunk: bytes) -> list[bytes]:
        """The lines that are whole with `chunk`; they end with LF, CR LF or CR."""
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        if self._rest:
            if b"\n" not in chunk and b"\r" not in chunk:
                self._rest.append(chunk)
                return []
            self._rest.append(chunk)
            chunk = b"".join(self._rest)
            self._rest = []
        if self._is_first:
            if len(chunk) < len(_MARK) and _MARK.startswith(chunk):
                self._rest = [chunk]
                return []
            self._is_first = False
            chunk = chunk.removeprefix(_MARK)
        if b"\r" in chunk:
            self._after_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = chunk.split(b"\n")
        if rest := lines.pop():
            self._rest = [rest]
        return lines

    def _take(self, line: bytes) -> None:
        if line.startswith(b"data:"):
            self._data.append(line[6:] if line[5:6] == b" " else line[5:])
        elif line.startswith(b"event:"):
            self._name = line[6:].strip().decode("utf-8", "replace")

"""A proxy between browser and server that a test can cut and reconnect: connections break immediately."""

import socket
import struct
import threading
from contextlib import suppress

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset, as when a connection breaks


class Cable:
    """Forwards every connection to its own port to `port`."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host, self.port = self._listener.getsockname()
        self._lock = threading.Lock()
        self._carried: set[socket.socket] = set()
        self._whole = True
        threading.Thread(target=self._accept, daemon=True).start()

    def lead_to(self, port: int) -> None:
        """Takes every later connection to another port; those that are open stay."""
        self._target = ("127.0.0.1", port)

    def cut(self) -> None:
        """Breaks the open connections and every later one."""
        with self._lock:
            self._whole = False
            for end in self._carried:
                _break(end)
            self._carried.clear()

    def refuse(self) -> None:
        """Breaks every later connection; those that are open stay."""
        with self._lock:
            self._whole = False

    def plug_in(self) -> None:
        with self._lock:
            self._whole = True

    def close(self) -> None:
        self.cut()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self._carry(self._listener.accept()[0])

    def _carry(self, near: socket.socket) -> None:
        with self._lock:
            if not self._whole:
                _break(near)
                return
            far = socket.create_connection(self._target)
            self._carried |= {near, far}
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with self._lock:
            for end in {source, sink} & self._carried:
                self._carried.remove(end)
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()


def _break(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.shutdown(socket.SHUT_RD)
    connection.close()

"""A stand-in for kube-proxy: forwards each new connection to a pod that is an endpoint, without reading it."""

import socket
import threading
from collections import Counter
from contextlib import suppress


class Endpoints:
    """A loopback port that forwards to the pods' ports in turn."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ports: list[int] = []
        self._leaving: dict[int, int] = {}
        self._removed: dict[int, threading.Event] = {}
        self.open: Counter[int] = Counter()  # connections by pod
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __len__(self) -> int:
        return len(self._ports)

    def set(self, port: int, *, ready: bool) -> None:
        """Makes a pod an endpoint, or no longer one. A pod that is being removed never becomes one again."""
        with self._lock:
            if not ready and port in self._ports:
                self._ports.remove(port)
            elif ready and port not in self._ports and port not in self._removed:
                self._ports.append(port)

    def remove_after(self, port: int, connections: int) -> threading.Event:
        """Removes a pod after that many more connections, as nodes learn of it late; then sets the event."""
        with self._lock:
            self._leaving[port] = connections
            self._removed[port] = threading.Event()
            return self._removed[port]

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        with client:
            port = self._next()
            self._count(port, 1)
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as pod:
                back = threading.Thread(target=_pass_on, args=(pod, client), daemon=True)
                back.start()
                _pass_on(client, pod)
                back.join()
            self._count(port, -1)

    def _count(self, port: int, change: int) -> None:
        with self._lock:
            self.open[port] += change

    def _next(self) -> int:
        with self._lock:
            port = self._ports.pop(0)
            if port in self._leaving:
                self._leaving[port] -= 1
            if self._leaving.get(port) == 0:
                self._removed[port].set()
            else:
                self._ports.append(port)
            return port


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    """Forwards every byte and the end of the stream; a broken connection breaks the other one."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

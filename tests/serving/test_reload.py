"""SIGHUP: new workers read changed secret files, and no reply of the old ones is cut."""

import signal
import time
from pathlib import Path

from tests.conftest import StartServer
from tests.wire import Client

OLD, NEW = "an-old-key-of-16-letters", "a-new-key-of-16-letters"


def test_new_workers_read_changed_secret_files_and_old_ones_end_their_replies(
    start_server: StartServer, tmp_path: Path
) -> None:
    keys = tmp_path / "api_keys"
    keys.write_text(f"me:{OLD}\n")
    server = start_server(API_KEYS_FILE=str(keys), MOCK_DELAY_SECONDS="0.05")
    client = Client(server.host, server.port)

    def say(key: str) -> int:
        reply = client.say("hello", headers={"Authorization": f"Bearer {key}"})
        reply.close()
        return reply.status

    live = client.say("a reply that takes some seconds", headers={"Authorization": f"Bearer {OLD}"})
    live.next_line()
    workers = server.workers()
    keys.write_text(f"me:{NEW}\n")
    server.process.send_signal(signal.SIGHUP)
    while say(NEW) != 200 or say(OLD) != 401:
        time.sleep(0.05)
    assert '"completed"' in live.body().decode()
    while server.workers() & workers:
        time.sleep(0.05)
    assert say(NEW) == 200

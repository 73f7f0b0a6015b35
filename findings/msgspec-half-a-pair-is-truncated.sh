#!/usr/bin/env bash
# msgspec 0.22.0: JSON with half of a surrogate pair near its end is called truncated.
#
# Guess: msgspec refuses half of a surrogate pair, which the grammar of JSON allows and which Python's and JavaScript's own
#   encoders write of a text cut within an emoji, by an error that names it.
# Behaviour: it does where six bytes or more follow. Nearer to the end it says that the input was truncated, as it does of
#   JSON that is not all there: who reads on until a value is whole then waits for bytes that never come.
# Seen:
#   "Hi \ud83d": Input data was truncated
#   {"text":"Hi \ud83d"}: Input data was truncated
#   {"text":"Hi \ud83d","more":1}: JSON is malformed: unexpected end of escaped utf-16 surrogate pair (byte 18)
#   {"text":"Hi: Input data was truncated
set -euo pipefail
# shellcheck source=findings/with_python.sh
source "$(dirname "$0")/with_python.sh" msgspec==0.22.0

seen=$("$python" - <<'PYTHON'
import json

import msgspec

CUT = "Hi \ud83d"  # of "Hi 👍" as UTF-16, its last two bytes cut off
texts = [json.dumps(value, separators=(",", ":")) for value in (CUT, {"text": CUT}, {"text": CUT, "more": 1})]
for text in [*texts, '{"text":"Hi']:
    try:
        print(f"{text}: {msgspec.json.decode(text)!r}")
    except msgspec.DecodeError as error:
        print(f"{text}: {error}")
PYTHON
)
echo "$seen"
expected='"Hi \ud83d": Input data was truncated
{"text":"Hi \ud83d"}: Input data was truncated
{"text":"Hi \ud83d","more":1}: JSON is malformed: unexpected end of escaped utf-16 surrogate pair (byte 18)
{"text":"Hi: Input data was truncated'
[ "$seen" = "$expected" ] || { echo 'This has changed.' >&2; exit 1; }

#!/usr/bin/env bash
# llama.cpp's HTTP server, xllamacpp 2026.10.11549: a stream of /v1/messages may lack `message_start`.
#
# Guess: a stream begins with message_start, as Anthropic's documentation has it and as one of plain words does.
# Behaviour: where the first token is only a part of a character, as with an emoji that has no token of its own, the
#   stream begins with content_block_start. There is no message, no id and no usage of the input.
# Seen:
#   event: content_block_start
#   event: content_block_delta
#   event: content_block_stop
#   event: message_delta
#   event: message_stop
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=findings/with_llamacpp.sh
source "$here/with_llamacpp.sh"

events=$(curl -fsS "$address/v1/messages" -H 'content-type: application/json' -d '{
  "model": "table", "max_tokens": 50, "stream": true, "messages": [{"role": "user", "content": "Hi"}]
}' | grep '^event:')
echo "$events"
expected='event: content_block_start
event: content_block_delta
event: content_block_stop
event: message_delta
event: message_stop'
[ "$events" = "$expected" ] || { echo 'This has changed.' >&2; exit 1; }

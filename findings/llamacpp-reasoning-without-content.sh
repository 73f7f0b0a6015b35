#!/usr/bin/env bash
# llama.cpp's HTTP server, xllamacpp 2026.10.11549: /v1/responses refuses a reasoning item that has a summary alone.
#
# Guess: it is taken. In OpenAI's API a reasoning item of the input must have `summary`, and `content` is optional;
#   items of OpenAI's own models have no content.
# Behaviour: the whole request is refused. With "content": [{"type": "reasoning_text", "text": "…"}] it is taken, so a
#   conversation that began with OpenAI, or came through a gateway that makes summaries, cannot go on here.
# Seen:
#   400 {"error":{"code":400,"message":"item['content'] is not an array","type":"invalid_request_error"}}
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=findings/with_llamacpp.sh
source "$here/with_llamacpp.sh"

ask() { # status and body of a request whose reasoning item has these fields
  curl -sS "$address/v1/responses" -H 'content-type: application/json' -w '\n%{http_code}' -d '{
    "model": "table", "input": [
      {"role": "user", "content": "Hi"},
      {"type": "reasoning", "id": "rs_1", '"$1"'},
      {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hello."}]},
      {"role": "user", "content": "And now?"}]
  }'
}
summary='"summary": [{"type": "summary_text", "text": "A greeting."}]'
refused=$(ask "$summary")
taken=$(ask "$summary, \"content\": [{\"type\": \"reasoning_text\", \"text\": \"A greeting.\"}]")
echo "$refused"
[[ $refused == *"item['content'] is not an array"*400 && $taken == *200 ]] || { echo 'This has changed.' >&2; exit 1; }

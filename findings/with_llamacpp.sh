# shellcheck shell=bash disable=SC2034 # address is for the script that sources this
# Sourced: installs llama.cpp's server into a temporary folder and starts it; `address` is where it listens.
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check xllamacpp==2026.10.11549 gguf==0.19.0
"$folder/venv/bin/python" "$(dirname "${BASH_SOURCE[0]}")/llamacpp_server.py" "$folder" >"$folder/address" 2>"$folder/log" &
server=$!
until [ -s "$folder/address" ]; do
  kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }
  sleep 0.1
done
address=$(cat "$folder/address")

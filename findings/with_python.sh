# shellcheck shell=bash disable=SC2034 # python is for the script that sources this
# Sourced with the packages to install, each with its version: `python` is an interpreter that has them.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "$@"
python=$folder/venv/bin/python

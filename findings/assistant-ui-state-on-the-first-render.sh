#!/usr/bin/env bash
# @assistant-ui/react 0.15.22: useAssistantTransportState throws when it is rendered first.
#
# Guess: within the AssistantRuntimeProvider of a useAssistantTransportRuntime the hook returns the runtime's
#   `initialState` until a reply changes it, so that a component may use it from the first render on, on a server too.
# Behaviour: the thread's runtime is mounted by an effect, after the first render. Until then the hook throws an error that
#   says that another runtime is used; with `useAuiState((s) => s.thread.state)` the state is null.
# Seen:
#   useAssistantTransportState: The current thread is not backed by the useAssistantTransportRuntime runtime.
#   useAuiState: null
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit @assistant-ui/react@0.15.22 react@19.3.1 react-dom@19.3.1

cat >page.mjs <<'JS'
import { createElement as h } from "react";
import { renderToString } from "react-dom/server";
import {
  AssistantRuntimeProvider,
  useAssistantTransportRuntime,
  useAssistantTransportState,
  useAuiState,
} from "@assistant-ui/react";

function Page({ useState }) {
  const runtime = useAssistantTransportRuntime({
    api: "http://localhost/assistant",
    headers: {},
    initialState: { messages: [] },
    converter: (state) => ({ messages: [], isRunning: false, state }),
  });
  return h(AssistantRuntimeProvider, { runtime }, h(State, { useState }));
}

function State({ useState }) {
  seen = useState();
  return null;
}

let seen;
const hooks = { useAssistantTransportState, useAuiState: () => useAuiState((s) => s.thread.state) };
for (const [name, useState] of Object.entries(hooks)) {
  try {
    renderToString(h(Page, { useState }));
    console.log(`${name}: ${JSON.stringify(seen)}`);
  } catch (error) {
    console.log(`${name}: ${error.message}`);
  }
}
JS
seen=$(node page.mjs)
echo "$seen"
expected="useAssistantTransportState: The current thread is not backed by the useAssistantTransportRuntime runtime.
useAuiState: null"
[ "$seen" = "$expected" ] || { echo 'This has changed.' >&2; exit 1; }

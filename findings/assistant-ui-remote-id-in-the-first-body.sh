#!/usr/bin/env bash
# @assistant-ui/react 0.15.22: a thread's first request has its remoteId, but `body`, called for it, finds none.
#
# Guess: with a thread list of useRemoteThreadListRuntime, useAssistantTransportRuntime calls `body` once `initialize` has
#   named a new thread, and the thread list item's state then has that remoteId, for the request itself has it.
# Behaviour: `body` is called after `initialize` has been answered, and the request's own threadId is that answer; but the
#   state of the thread list item has no remoteId yet: React has to render first. In `body`, an
#   `await aui.threadListItem.initialize()` returns it, without a second call of the adapter.
# Seen:
#   1: threadId server-1, by the state null, by initialize() server-1
#   2: threadId server-1, by the state server-1, by initialize() server-1
#   initialize was called 1 time(s)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit \
  @assistant-ui/react@0.15.22 assistant-stream@0.3.57 react@19.3.1 react-dom@19.3.1 happy-dom@21.0.4

cat >page.mjs <<'JS'
import { Window } from "happy-dom";

const window = new Window({ url: "http://localhost" });
globalThis.window = window;
for (const name of ["document", "navigator", "Node", "Element", "HTMLElement", "MutationObserver"]) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
}
const { createElement: h, useEffect } = await import("react");
const { createRoot } = await import("react-dom/client");
const { createAssistantStream } = await import("assistant-stream");
const { AssistantRuntimeProvider, useAssistantTransportRuntime, useAui, useAuiState, useRemoteThreadListRuntime } =
  await import("@assistant-ui/react");

let initialized = 0;
const adapter = {
  list: async () => ({ threads: [] }),
  initialize: async () => ({ remoteId: `server-${++initialized}` }),
  generateTitle: async () => createAssistantStream((controller) => controller.appendText("A title")),
};

let requests = 0;
globalThis.fetch = async (url, { body }) => {
  const { threadId, byState, byInitialize } = JSON.parse(body);
  console.log(`${++requests}: threadId ${threadId}, by the state ${byState}, by initialize() ${byInitialize}`);
  return new Response(`aui-state:[{"type":"set","path":["replies"],"value":${requests}}]\n`);
};

function useThread() {
  const aui = useAui();
  return useAssistantTransportRuntime({
    api: "http://localhost/assistant",
    headers: {},
    initialState: { replies: 0 },
    converter: (state, { isSending }) => ({ messages: [], isRunning: isSending, state }),
    body: async () => {
      const byState = aui.threadListItem.getState().remoteId ?? null;
      return { byState, byInitialize: (await aui.threadListItem.initialize()).remoteId };
    },
  });
}

function Page() {
  const runtime = useRemoteThreadListRuntime({ adapter, runtimeHook: useThread });
  return h(AssistantRuntimeProvider, { runtime }, h(Sender));
}

/** Sends a message once the list is there, and one after the first reply. */
function Sender() {
  const aui = useAui();
  const isListed = useAuiState((s) => !s.threads.isLoading);
  const replies = useAuiState((s) => s.thread.state?.replies);
  const isFree = useAuiState((s) => !s.thread.isRunning);
  const next = isListed && isFree ? replies : undefined;
  useEffect(() => {
    if (next === 0 || next === 1) aui.thread.append({ role: "user", content: [{ type: "text", text: "Hi" }] });
    if (next !== 2) return;
    console.log(`initialize was called ${initialized} time(s)`);
    process.exit(0);
  }, [next]);
}
createRoot(document.createElement("div")).render(h(Page));
JS
seen=$(timeout 60 node page.mjs)
echo "$seen"
expected="1: threadId server-1, by the state null, by initialize() server-1
2: threadId server-1, by the state server-1, by initialize() server-1
initialize was called 1 time(s)"
[ "$seen" = "$expected" ] || { echo 'This has changed.' >&2; exit 1; }

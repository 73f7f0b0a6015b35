// A thread's runtime: the npm client's transport, told where the server is and what the connection wants to know.

import { useAssistantTransportRuntime, useAuiState } from "@assistant-ui/react";
import { useEffect, useLayoutEffect, useState, useSyncExternalStore } from "react";
import { API, headers } from "../server";
import type { Connection } from "./connection";
import { files } from "./files";
import { speech } from "./speech";
import { modelOf } from "./models";
import { messageConverter, type ChatState } from "./state";
import type { Extras, View } from "./view";

/** Makes the connection's runtime. */
export function useTransport(connection: Connection) {
  const [options] = useState(() => transportOptions(connection));
  const runtime = useAssistantTransportRuntime<ChatState>(options);
  useLayoutEffect(() => connection.attach(runtime), [connection, runtime]);
  return runtime;
}

/** Inside the runtime's provider: the connection's view, undefined until the runtime is ready. */
export function useConnection(connection: Connection): View | undefined {
  const view = useSyncExternalStore(connection.subscribe, connection.getView);
  const state = useAuiState((s) => (s.thread.extras as Extras | undefined)?.state);
  useEffect(() => {
    if (state) connection.stateChanged(state);
  }, [connection, state]);
  return state && view;
}

function transportOptions(connection: Connection): Parameters<typeof useAssistantTransportRuntime<ChatState>>[0] {
  const { leaves, active } = connection.view.branches;
  const toMessages = messageConverter();
  return {
    ...API,
    headers,
    body: () => {
      const modelName = modelOf(connection.id);
      return { threadId: connection.id, ...(modelName && { config: { modelName } }) };
    },
    initialState: leaves[active]!,
    capabilities: { edit: true },
    adapters: { attachments: files, ...("speechSynthesis" in window && { speech }) },
    converter: (state, { pendingCommands, isSending }) => ({
      messages: toMessages(state, pendingCommands.length ? pendingCommands : (connection.unsent(state) ?? []), isSending),
      isRunning: isSending,
    }),
    ...connection.callbacks,
  };
}

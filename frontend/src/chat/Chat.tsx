// One thread's runtime. It stays mounted while it runs, shown or not.

import { AssistantRuntimeProvider, useAssistantTransportRuntime } from "@assistant-ui/react";
import { memo, useState } from "react";
import { API, headers } from "../server";
import type { Connection } from "./connection";
import { images } from "./images";
import { Session } from "./Session";
import { messageConverter, type ChatState } from "./state";

/** Never rendered again: with each rendering the transport's runtime would begin a thread anew and drop its run. */
export const Chat = memo(function Chat({ connection }: { connection: Connection }) {
  const [initialState] = useState(() => connection.view.branches.leaves[connection.view.branches.active]!);
  const [toThreadMessages] = useState(messageConverter);
  connection.runtime = useAssistantTransportRuntime<ChatState>({
    ...API,
    headers,
    body: { threadId: connection.id },
    initialState,
    capabilities: { edit: true },
    adapters: { attachments: images },
    converter: (state, { pendingCommands, isSending }) => ({
      messages: toThreadMessages(state, pendingCommands.length ? pendingCommands : (connection.unsent(state) ?? []), isSending),
      isRunning: isSending,
    }),
    ...connection.handlers,
  });
  return (
    <AssistantRuntimeProvider runtime={connection.runtime}>
      <Session connection={connection} />
    </AssistantRuntimeProvider>
  );
});

// One thread. It stays mounted while its reply arrives, visible or not.

import { AssistantRuntimeProvider, useAuiState } from "@assistant-ui/react";
import { memo, useContext } from "react";
import type { Connection } from "../chat/connection";
import { ChatContext, VisibleContext } from "../chat/context";
import { lastTurn } from "../chat/state";
import { useConnection, useTransport } from "../chat/transport";
import { Thread } from "./Thread";

/** Visibility comes by context: with a new property this component would render again, which useTransport forbids. */
export const Chat = memo(function Chat({ connection }: { connection: Connection }) {
  const runtime = useTransport(connection);
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <VisibleThread connection={connection} />
    </AssistantRuntimeProvider>
  );
});

function VisibleThread({ connection }: { connection: Connection }) {
  const visible = useContext(VisibleContext);
  const { state, ...view } = useConnection(connection);
  const messages = useAuiState((s) => s.thread.messages);
  if (!state || !visible) return null;
  const retry = () => connection.retry(connection.attempt ?? lastTurn(state, messages));
  return (
    <ChatContext value={{ ...view, state, connection, retry }}>
      <Thread />
    </ChatContext>
  );
}

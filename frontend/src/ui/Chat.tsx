// One thread. It stays mounted while its reply arrives, visible or not.

import { AssistantRuntimeProvider, useAuiState } from "@assistant-ui/react";
import type { Connection } from "../chat/connection";
import { ChatContext } from "../chat/context";
import { lastTurn } from "../chat/state";
import { useConnection, useTransport } from "../chat/transport";
import { Thread } from "./Thread";

interface Props {
  connection: Connection;
  isVisible: boolean;
}

export function Chat({ connection, isVisible }: Props) {
  const runtime = useTransport(connection);
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <ConnectedThread connection={connection} isVisible={isVisible} />
    </AssistantRuntimeProvider>
  );
}

function ConnectedThread({ connection, isVisible }: Props) {
  const { state, ...view } = useConnection(connection);
  const messages = useAuiState((s) => s.thread.messages);
  if (!state || !isVisible) return null;
  const retry = () => connection.retry(connection.attempt ?? lastTurn(state, messages));
  return (
    <ChatContext value={{ ...view, state, connection, retry }}>
      <Thread />
    </ChatContext>
  );
}

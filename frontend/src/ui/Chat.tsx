// One thread. It stays mounted while its reply arrives, visible or not.

import { AssistantRuntimeProvider } from "@assistant-ui/react";
import { useMemo } from "react";
import type { Connection } from "../chat/connection";
import { ChatContext } from "../chat/context";
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
  const view = useConnection(connection);
  const chat = useMemo(() => view && { ...view, connection }, [view, connection]);
  if (!chat || !isVisible) return null;
  return (
    <ChatContext value={chat}>
      <Thread />
    </ChatContext>
  );
}

// What the components of one thread share.

import { useAuiState } from "@assistant-ui/react";
import { createContext, useContext } from "react";
import type { Connection } from "./connection";
import type { Extras, View } from "./view";

interface Chat extends View {
  connection: Connection;
}

export const ChatContext = createContext<Chat | undefined>(undefined);

/** The thread around the component, which does not change with every word of a reply. */
export const useChat = () => useContext(ChatContext)!;

/** The thread's state, which does. */
export const useChatState = () => useAuiState((s) => (s.thread.extras as Extras).state);

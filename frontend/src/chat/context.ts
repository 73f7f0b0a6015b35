// What the components of one thread share.

import { createContext, useContext } from "react";
import type { Connection } from "./connection";
import type { ChatState } from "./state";
import type { View } from "./view";

interface Chat extends View {
  state: ChatState;
  connection: Connection;
  retry: () => void;
}

export const ChatContext = createContext<Chat | undefined>(undefined);

/** The thread around the component. */
export const useChat = () => useContext(ChatContext)!;

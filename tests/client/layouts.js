// How a frontend renders each layout of messages.

import { unstable_createMessageConverter as createMessageConverter } from "@assistant-ui/react";
import { convertLangChainMessages } from "@assistant-ui/react-langgraph";
import { converter as langgraph } from "./langgraph-page.js";

const parts = createMessageConverter((message) => ({ role: message.role, id: message.id, content: message.parts }));
const langchain = createMessageConverter(convertLangChainMessages);

const converter = (layout, optimistic) => (state, { pendingCommands, isSending }) => {
  const pending = pendingCommands.filter((command) => command.type === "add-message").map(optimistic);
  return { messages: layout.toThreadMessages([...state.messages, ...pending]), isRunning: isSending };
};

export const CONVERTERS = {
  langgraph,
  parts: converter(parts, ({ message }) => ({ role: "user", id: message.id, parts: message.parts })),
  // As upstream's example with-assistant-transport does it.
  langchain: converter(langchain, ({ message }) => ({
    type: "human",
    id: message.id,
    content: [{ type: "text", text: message.parts.map((part) => part.text ?? "").join("\n") }],
  })),
};

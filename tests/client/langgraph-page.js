// What docs/langgraph.md shows of a frontend; langgraph-page.test.js uses it.

import {
  unstable_createMessageConverter as createMessageConverter,
  useAssistantTransportSendCommand,
  useAuiState,
} from "@assistant-ui/react";
import { groupUIMessagesByParent } from "@assistant-ui/react-langchain/converter";
import { convertLangChainMessages } from "@assistant-ui/react-langgraph";

const langchain = createMessageConverter((message, metadata) => {
  const converted = convertLangChainMessages(message, metadata);
  if (!converted.metadata) return converted; // a tool's result, or nothing
  const custom = { ...converted.metadata.custom, name: message.name, source: message.additional_kwargs?.lc_source };
  const apart = message.name ? { convertConfig: { joinStrategy: "none" } } : {}; // each speaker's messages for themselves
  return { ...converted, ...apart, metadata: { ...converted.metadata, custom } };
});

export const converter = (state, { pendingCommands, isSending }) => {
  const pending = pendingCommands.flatMap(({ type, message }) =>
    type === "add-message" ? [{ type: "human", id: message.id, content: message.parts }] : [],
  );
  const metadata = { uiMessagesByParent: groupUIMessagesByParent(state.ui) };
  return {
    messages: langchain.toThreadMessages([...state.messages, ...pending], isSending, metadata),
    isRunning: isSending,
    state,
  };
};

// Before the runtime is mounted there is no state, for which useAssistantTransportState throws.
const useGraphState = (selector) => useAuiState((s) => s.thread.state && selector(s.thread.state));

/** What waits for a person: each `requests` wants one decision a request, by `decide`. */
export function useApprovals() {
  const sendCommand = useAssistantTransportSendCommand();
  const waiting = useGraphState((state) => state.__interrupt__) ?? [];
  return waiting.map(({ id, value }) => ({
    id,
    requests: value.action_requests,
    decide: (decisions) => sendCommand({ type: "resume", value: { [id]: { decisions } } }),
  }));
}

/** The last custom event of the graph, such as `{progress: 0.5}`. */
export const useProgress = () => useGraphState((state) => state.__custom__?.at(-1));

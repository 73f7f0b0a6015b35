// An app around the npm client: its runtime, the rendered messages, and a probe that tells the test of each rendering.
// ./dom.js comes first: React looks for a document on import.

import "./dom.js";
import {
  AssistantRuntimeProvider,
  AuiConfig,
  MessagePrimitive,
  ThreadPrimitive,
  Tools,
  useAssistantTransportRuntime,
  useAui,
  useAuiState,
} from "@assistant-ui/react";
import { createElement as h, useEffect } from "react";

export function App({ client, toolkit, panel, options: { useRuntime = useAssistantTransportRuntime, ...options } }) {
  const runtime = useRuntime({
    initialState: { messages: [] },
    headers: {},
    capabilities: { edit: true },
    ...options,
    prepareSendCommandsRequest: (body) => {
      client.requests.push(JSON.parse(JSON.stringify(body)));
      client.changed();
      return body;
    },
    onResponse: (response) => {
      client.responses.push(response);
      client.changed();
    },
    onFinish: () => {
      client.finished++;
      client.changed();
    },
    onError: (error) => {
      client.errors.push(error);
      client.changed();
    },
    onCancel: () => {
      client.cancellations++;
      options.onCancel?.();
      client.changed();
    },
  });
  const config = AuiConfig({ tools: Tools({ toolkit }) });
  return h(
    AssistantRuntimeProvider,
    { runtime, config },
    h(ThreadPrimitive.Messages, { components: { UserMessage: Message, AssistantMessage: Message } }),
    h(Probe, { client }),
    panel && h(panel),
  );
}

function Probe({ client }) {
  client.aui = useAui();
  const thread = useAuiState((s) => s.thread);
  const threads = useAuiState((s) => s.threads);
  useEffect(() => client.rendered(thread));
  useEffect(() => void client.changed(), [client, threads]);
  return null;
}

function Message() {
  const role = useAuiState((s) => s.message.role);
  return h("article", { "data-role": role }, h(MessagePrimitive.Parts, { components: PARTS }));
}

const PARTS = {
  Text: ({ text }) => h("p", null, text),
  Reasoning: ({ text }) => h("em", null, text),
  Image: ({ image }) => h("img", { src: image }),
  tools: { Fallback: ({ toolName, argsText, result }) => h("code", null, toolName, argsText, JSON.stringify(result)) },
};

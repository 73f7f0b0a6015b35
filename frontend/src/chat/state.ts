// The state that the server streams, in either of its two layouts, and its conversion to the messages that are rendered.

import {
  unstable_convertExternalMessages as convertExternalMessages,
  unstable_createExternalMessageConversionCache as createCache,
  type AssistantTransportCommand,
  type TextMessagePart,
  type ThreadMessage,
  type ThreadMessageLike,
  type ToolCallMessagePart,
  type useExternalMessageConverter,
} from "@assistant-ui/react";
import { t } from "../language";
import { fileIn } from "./files";

export interface Usage {
  inputTokens: number;
  outputTokens: number;
}

type Approval = NonNullable<ToolCallMessagePart["approval"]>;

type Part = Exclude<ThreadMessageLike["content"], string>[number];

/** A message of the layout `parts`. */
interface PartsMessage {
  id?: string;
  role: "user" | "assistant";
  parts: Part[];
  usage?: Usage;
}

interface Block {
  type: string;
  text?: string;
  image_url?: { url: string };
  data?: string;
  url?: string;
  mime_type?: string;
  metadata?: { filename?: string };
}

/** A message of the layout `langchain`. */
interface LangChainMessage {
  id?: string;
  type: "human" | "ai" | "tool" | "system";
  content: string | Block[];
  additional_kwargs?: {
    reasoning?: { summary?: { text: string }[] };
    metadata?: { sources?: { id: string; url: string; title?: string }[] };
  };
  tool_calls?: { id: string; name: string; partial_json?: string; args: Record<string, unknown>; approval?: Approval }[];
  tool_call_id?: string;
  status?: "success" | "error";
  usage_metadata?: { input_tokens: number; output_tokens: number };
}

export type Message = PartsMessage | LangChainMessage;

export interface ChatState {
  messages: Message[];
  provider?: string;
  __interrupt__?: unknown; // what waits for a person: of a graph, and in the layout `langchain` of tools
}

/** A request that was sent, with the state it was sent on. */
export interface Attempt {
  before: ChatState;
  commands: AssistantTransportCommand[];
}

type Converted = useExternalMessageConverter.Message;

export const convert = (message: Message) => ("role" in message ? fromParts(message) : fromLangChain(message));
const METADATA = {};

/** Returns a converter of the state and the pending commands to messages. Unchanged messages are not converted again. */
export function messageConverter() {
  const cache = createCache();
  return (state: ChatState, pending: AssistantTransportCommand[], isRunning: boolean) =>
    convertExternalMessages(withPending(state, pending), convert, isRunning, METADATA, cache);
}

/** The messages of the state, followed by those that the server has not put into it yet. */
function withPending(state: ChatState, pending: AssistantTransportCommand[]): Message[] {
  let messages = state.messages ?? [];
  for (const command of pending) {
    if (command.type !== "add-message") continue;
    const edited = messages.findIndex((message) => message.id === command.sourceId);
    if (command.sourceId && edited >= 0) messages = messages.slice(0, edited);
    messages = [...messages, { role: "user", parts: command.message.parts as Part[] }];
  }
  return messages;
}

export const isUser = (message: Message) => ("role" in message ? message.role === "user" : message.type === "human");

export function textOf(message: Message): string {
  const content = "role" in message ? message.parts : message.content;
  if (typeof content === "string") return content;
  return content.map((part) => ("text" in part && part.text ? (fileIn(part.text)?.name ?? part.text) : "")).join(" ");
}

/** A thread's title: the beginning of its first message. */
export function titleOf(state: ChatState, unsent: AssistantTransportCommand[] = []): string | undefined {
  const first = withPending(state, unsent).find(isUser);
  return first && (textOf(first).trim().slice(0, 80) || t.image);
}

/** The last turn as a request to send again: the user's message, on the state before it. */
export function lastTurn(state: ChatState, messages: readonly ThreadMessage[]): Attempt | undefined {
  const message = messages.findLast((message) => message.role === "user");
  const position = state.messages.findLastIndex(isUser);
  if (!message || position < 0) return undefined;
  const files = message.attachments?.flatMap(({ content }) => content ?? []) ?? [];
  const parts = [...message.content, ...files].filter((part) => part.type === "text" || part.type === "image");
  return {
    before: { ...state, messages: state.messages.slice(0, position) },
    commands: [{ type: "add-message", message: { role: "user", parts }, parentId: null, sourceId: null }],
  };
}

function fromParts({ id, role, parts, usage }: PartsMessage): Converted {
  const content = role === "user" ? withFiles(parts) : { content: parts };
  return { role, ...content, ...(id && { id }), ...(usage && { metadata: { custom: { usage } } }) };
}

/** A user's message: text files are parts of the state, and attachments on the page. */
function withFiles(parts: Part[]): Pick<ThreadMessageLike, "content" | "attachments"> {
  const isFile = (part: Part) => part.type === "text" && fileIn(part.text) !== undefined;
  const attachments = parts.filter(isFile).map((part, index) => ({
    id: String(index),
    type: "document" as const,
    name: fileIn((part as { text: string }).text)!.name,
    contentType: "text/plain",
    status: { type: "complete" as const },
    content: [part as TextMessagePart],
  }));
  return { content: parts.filter((part) => !isFile(part)), ...(attachments.length && { attachments }) };
}

function fromLangChain(message: LangChainMessage): Converted {
  const id = message.id && { id: message.id };
  if (message.type === "tool") {
    return {
      role: "tool",
      toolCallId: message.tool_call_id ?? "",
      result: message.content,
      isError: message.status === "error",
    };
  }
  const user = message.type === "human";
  const content = [
    ...(message.additional_kwargs?.reasoning?.summary ?? []).map(({ text }) => ({ type: "reasoning" as const, text })),
    ...fromContent(message.content),
    ...(message.tool_calls ?? []).map(({ id, name, args, partial_json, approval }) => ({
      type: "tool-call" as const,
      toolCallId: id,
      toolName: name,
      argsText: partial_json ?? JSON.stringify(args),
      ...(approval && { approval }),
    })),
    ...(message.additional_kwargs?.metadata?.sources ?? []).map((source) => ({
      type: "source" as const,
      sourceType: "url" as const,
      ...source,
    })),
  ];
  const usage = message.usage_metadata;
  const custom = usage && { usage: { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens } };
  return {
    role: user ? "user" : "assistant",
    ...(user ? withFiles(content) : { content }),
    ...id,
    ...(custom && { metadata: { custom } }),
  };
}

function fromContent(content: LangChainMessage["content"]): Part[] {
  if (typeof content === "string") return content ? [{ type: "text", text: content }] : [];
  return content.flatMap((part): Part[] => {
    if (part.type === "image_url" && part.image_url) return [{ type: "image", image: part.image_url.url }];
    if (part.type === "file") {
      const filename = part.metadata?.filename;
      const { mime_type: mimeType = "application/octet-stream" } = part;
      return [{ type: "file", data: part.data ?? part.url ?? "", mimeType, ...(filename && { filename }) }];
    }
    return part.text ? [{ type: "text", text: part.text }] : [];
  });
}

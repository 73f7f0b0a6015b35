// A message, by the user or by the assistant.

import { ActionBarPrimitive, MessagePrimitive, useAuiState, type ImageMessagePartComponent } from "@assistant-ui/react";
import { useChat } from "../chat/context";
import type { Usage } from "../chat/state";
import { t } from "../language";
import { SentFile } from "./Files";
import { Again, Copy, Done, Edit, Speak, Stop } from "./Icons";
import { Reasoning } from "./Reasoning";
import { Sources, WrittenFile } from "./Sources";
import { PlainText, Text } from "./Text";
import { ToolCall } from "./Tools";
import { Versions } from "./Versions";
import { Weather } from "./Weather";

const Image: ImageMessagePartComponent = ({ image }) => (
  <img src={image} alt={t.sentByYou} className="max-h-72 rounded-xl" />
);

export function UserMessage() {
  return (
    <MessagePrimitive.Root data-role="user" className="group flex flex-col items-end gap-1">
      <span className="sr-only">{t.youWrote}</span>
      <div className="flex max-w-[85%] flex-row-reverse items-center gap-1">
        <div className="flex min-w-0 flex-col gap-2 rounded-2xl bg-raised px-4 py-2.5">
          <MessagePrimitive.Parts components={{ Text: PlainText, Image }} />
          <MessagePrimitive.Attachments components={{ Attachment: SentFile }} />
        </div>
        <ActionBarPrimitive.Root hideWhenRunning>
          <ActionBarPrimitive.Edit
            aria-label={t.edit}
            className="icon-button !size-7 opacity-0 group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
          >
            <Edit />
          </ActionBarPrimitive.Edit>
        </ActionBarPrimitive.Root>
      </div>
      <Versions />
    </MessagePrimitive.Root>
  );
}

export function AssistantMessage() {
  return (
    <MessagePrimitive.Root data-role="assistant" className="group flex flex-col gap-3">
      <span className="sr-only">{t.assistantWrote}</span>
      <MessagePrimitive.Parts
        components={{
          Empty: Thinking,
          Text,
          Image,
          File: WrittenFile,
          Source: NotHere,
          Reasoning,
          tools: { by_name: { get_weather: Weather }, Fallback: ToolCall },
        }}
      />
      <Sources />
      {/* Its place is kept while the reply is written, or the text would jump up when it ends. */}
      <div className="h-7">
        <ActionBarPrimitive.Root hideWhenRunning className="-ms-2 flex h-7 items-center gap-2 text-muted">
          <ActionBarPrimitive.Copy aria-label={t.copy} className="group/copy icon-button !size-7">
            <span className="group-data-[copied]/copy:hidden">
              <Copy />
            </span>
            <span className="hidden group-data-[copied]/copy:inline">
              <Done />
            </span>
          </ActionBarPrimitive.Copy>
          <ReadAloud />
          <AnswerAnew />
          <Versions />
          <Tokens />
        </ActionBarPrimitive.Root>
      </div>
    </MessagePrimitive.Root>
  );
}

const NotHere = () => null; // sources stand together, below

function ReadAloud() {
  const canSpeak = useAuiState((s) => s.thread.capabilities.speech);
  if (!canSpeak) return null;
  return (
    <>
      <MessagePrimitive.If speaking={false}>
        <ActionBarPrimitive.Speak aria-label={t.readAloud} className="icon-button !size-7">
          <Speak />
        </ActionBarPrimitive.Speak>
      </MessagePrimitive.If>
      <MessagePrimitive.If speaking>
        <ActionBarPrimitive.StopSpeaking aria-label={t.stopReading} className="icon-button !size-7">
          <Stop />
        </ActionBarPrimitive.StopSpeaking>
      </MessagePrimitive.If>
    </>
  );
}

function AnswerAnew() {
  const { connection } = useChat();
  const id = useAuiState((s) => s.message.id);
  return (
    <button className="icon-button !size-7" aria-label={t.answerAnew} onClick={() => connection.answerAnew(id)}>
      <Again />
    </button>
  );
}

const Thinking = ({ status }: { status: { type: string } }) =>
  status.type === "running" && <div className="writing h-7" role="status" aria-label={t.thinkingName} />;

function Tokens() {
  const usage = useAuiState((s) => s.message.metadata.custom.usage as Usage | undefined);
  return usage && <span className="text-xs">{t.tokens(usage.inputTokens, usage.outputTokens)}</span>;
}

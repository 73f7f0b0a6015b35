// A message, by the user or by the assistant.

import { ActionBarPrimitive, MessagePrimitive, useAuiState, type ImageMessagePartComponent } from "@assistant-ui/react";
import { versionsOf } from "../chat/branches";
import { useChat, useChatState } from "../chat/context";
import type { Usage } from "../chat/state";
import { t } from "../language";
import { SentFile } from "./Files";
import { Copy, Done, Edit, Left, Right } from "./Icons";
import { Reasoning } from "./Reasoning";
import { PlainText, Text } from "./Text";
import { ToolCall } from "./Tools";
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
          Reasoning,
          tools: { by_name: { get_weather: Weather }, Fallback: ToolCall },
        }}
      />
      <ActionBarPrimitive.Root hideWhenRunning className="-ms-2 flex h-7 items-center gap-2 text-muted">
        <ActionBarPrimitive.Copy aria-label={t.copy} className="group/copy icon-button !size-7">
          <span className="group-data-[copied]/copy:hidden">
            <Copy />
          </span>
          <span className="hidden group-data-[copied]/copy:inline">
            <Done />
          </span>
        </ActionBarPrimitive.Copy>
        <Tokens />
      </ActionBarPrimitive.Root>
    </MessagePrimitive.Root>
  );
}

const Thinking = ({ status }: { status: { type: string } }) =>
  status.type === "running" && <div className="writing" role="status" aria-label={t.thinkingName} />;

function Tokens() {
  const usage = useAuiState((s) => s.message.metadata.custom.usage as Usage | undefined);
  return usage && <span className="text-xs">{t.tokens(usage.inputTokens, usage.outputTokens)}</span>;
}

/** Switches between the versions of a message that was edited. */
function Versions() {
  const { branches } = useChat();
  return branches.leaves.length > 1 && <VersionPicker />;
}

function VersionPicker() {
  const { branches, connection } = useChat();
  const state = useChatState();
  const id = useAuiState((s) => s.message.id);
  const running = useAuiState((s) => s.thread.isRunning);
  const { leaves, shown } = versionsOf(id, state, branches);
  if (leaves.length < 2) return null;
  const step = (by: number, label: string, icon: React.ReactNode) => (
    <button
      className="icon-button !size-7 rtl:-scale-x-100"
      aria-label={label}
      disabled={running || leaves[shown + by] === undefined}
      onClick={() => connection.showLeaf(leaves[shown + by]!)}
    >
      {icon}
    </button>
  );
  return (
    <div role="group" aria-label={t.versions} className="flex items-center text-xs text-muted">
      {step(-1, t.previousVersion, <Left />)}
      <span>{t.versionOf(shown + 1, leaves.length)}</span>
      {step(1, t.nextVersion, <Right />)}
    </div>
  );
}

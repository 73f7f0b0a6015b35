// Where the user writes a new message or edits an earlier one.

import { ComposerPrimitive, ThreadPrimitive, useAui } from "@assistant-ui/react";
import type { KeyboardEvent } from "react";
import { useChat } from "../chat/context";
import { useDraft } from "../chat/draft";
import { t } from "../language";
import { WaitingFile, WaitingImage } from "./Files";
import { Attach, Send, Stop } from "./Icons";

const Attachments = () => (
  <div className="flex flex-wrap gap-3 px-1 pt-1 pb-2 empty:hidden">
    <ComposerPrimitive.Attachments components={{ Image: WaitingImage, Document: WaitingFile }} />
  </div>
);

export function Composer() {
  const { status, connection } = useChat();
  useDraft(connection.id);
  const editLast = useEditLast();
  return (
    <ComposerPrimitive.Root className="rounded-3xl border border-line bg-page p-2 shadow-sm focus-within:border-accent">
      <Attachments />
      <div className="flex items-end gap-1">
        <ComposerPrimitive.AddAttachment className="icon-button" aria-label={t.addFiles}>
          <Attach />
        </ComposerPrimitive.AddAttachment>
        <ComposerPrimitive.Input
          autoFocus
          onKeyDown={editLast}
          rows={1}
          maxRows={10}
          disabled={status.kind === "lost"}
          aria-label={t.message}
          dir="auto"
          placeholder={t.writeMessage}
          className="max-h-64 flex-1 resize-none bg-transparent px-1 py-1.5 outline-none placeholder:text-muted"
        />
        <ThreadPrimitive.If running={false}>
          <ComposerPrimitive.Send
            aria-label={t.send}
            className="icon-button !bg-accent !text-on-accent"
          >
            <Send />
          </ComposerPrimitive.Send>
        </ThreadPrimitive.If>
        <ThreadPrimitive.If running>
          <ComposerPrimitive.Cancel aria-label={t.stop} className="icon-button !bg-ink !text-page">
            <Stop />
          </ComposerPrimitive.Cancel>
        </ThreadPrimitive.If>
      </div>
    </ComposerPrimitive.Root>
  );
}

/** The arrow up in an empty composer edits the user's last message. */
function useEditLast() {
  const aui = useAui();
  return (event: KeyboardEvent) => {
    const { text, attachments } = aui.composer.getState();
    const { messages, isRunning } = aui.thread.getState();
    const index = messages.findLastIndex(({ role }) => role === "user");
    if (event.key !== "ArrowUp" || text || attachments.length || isRunning || index < 0) return;
    event.preventDefault();
    aui.thread.message({ index }).composer().beginEdit();
  };
}

export function EditComposer() {
  return (
    <ComposerPrimitive.Root className="ms-auto w-full max-w-[85%] rounded-2xl border border-accent bg-page p-3">
      <Attachments />
      <ComposerPrimitive.Input
        autoFocus
        aria-label={t.editMessage}
        dir="auto"
        className="w-full resize-none bg-transparent outline-none"
      />
      <div className="mt-2 flex justify-end gap-2">
        <ComposerPrimitive.Cancel className="plain-button">{t.cancel}</ComposerPrimitive.Cancel>
        <ComposerPrimitive.Send className="primary-button">{t.sendAgain}</ComposerPrimitive.Send>
      </div>
    </ComposerPrimitive.Root>
  );
}

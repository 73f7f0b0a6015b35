// Where the user writes a new message or edits an earlier one.

import { AttachmentPrimitive, ComposerPrimitive, ThreadPrimitive, useAuiState } from "@assistant-ui/react";
import { useEffect, useState } from "react";
import { useChat } from "../chat/context";
import { t } from "../language";
import { Attach, Cross, Send, Stop } from "./Icons";

export function Composer() {
  const { status } = useChat();
  return (
    <ComposerPrimitive.Root className="rounded-3xl border border-line bg-page p-2 shadow-sm focus-within:border-accent">
      <ComposerPrimitive.AttachmentDropzone>
        <div className="flex flex-wrap gap-3 px-1 pt-1 pb-2 empty:hidden">
          <ComposerPrimitive.Attachments components={{ Image: Attachment }} />
        </div>
        <div className="flex items-end gap-1">
          <ComposerPrimitive.AddAttachment className="icon-button" aria-label={t.addImages}>
            <Attach />
          </ComposerPrimitive.AddAttachment>
          <ComposerPrimitive.Input
            autoFocus
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
      </ComposerPrimitive.AttachmentDropzone>
    </ComposerPrimitive.Root>
  );
}

function Attachment() {
  const file = useAuiState((s) => s.attachment.file);
  const name = useAuiState((s) => s.attachment.name);
  return (
    <AttachmentPrimitive.Root className="relative pt-1">
      <Preview file={file} name={name} />
      <AttachmentPrimitive.Remove
        aria-label={t.remove(name)}
        className="icon-button absolute -top-1 -end-2 !size-6 border border-line !bg-page"
      >
        <Cross />
      </AttachmentPrimitive.Remove>
    </AttachmentPrimitive.Root>
  );
}

function Preview({ file, name }: { file: File | undefined; name: string }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!file) return;
    const created = URL.createObjectURL(file);
    setUrl(created);
    return () => URL.revokeObjectURL(created);
  }, [file]);
  return url && <img src={url} alt={name} className="size-16 rounded-lg object-cover" />;
}

export function EditComposer() {
  return (
    <ComposerPrimitive.Root className="ms-auto w-full max-w-[85%] rounded-2xl border border-accent bg-page p-3">
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

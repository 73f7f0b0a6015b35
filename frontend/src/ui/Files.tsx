// Files: those that wait in the composer, those of a sent message, and why one was not taken.

import { AttachmentPrimitive, useAuiEvent, useAuiState } from "@assistant-ui/react";
import { useEffect, useState } from "react";
import { fileIn } from "../chat/files";
import { t } from "../language";
import { Cross, Page } from "./Icons";

export function WaitingImage() {
  const file = useAuiState((s) => s.attachment.file);
  const name = useAuiState((s) => s.attachment.name);
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!file) return;
    const created = URL.createObjectURL(file);
    setUrl(created);
    return () => URL.revokeObjectURL(created);
  }, [file]);
  return (
    <AttachmentPrimitive.Root className="relative pt-1">
      {url && <img src={url} alt={name} className="size-16 rounded-lg object-cover" />}
      <Remove name={name} />
    </AttachmentPrimitive.Root>
  );
}

export function WaitingFile() {
  const name = useAuiState((s) => s.attachment.name);
  return (
    <AttachmentPrimitive.Root className="relative mt-1 flex max-w-60 items-center gap-2 rounded-lg bg-raised py-2 ps-3 pe-5 text-sm">
      <Page />
      <span dir="auto" className="truncate">
        {name}
      </span>
      <Remove name={name} />
    </AttachmentPrimitive.Root>
  );
}

const Remove = ({ name }: { name: string }) => (
  <AttachmentPrimitive.Remove
    aria-label={t.remove(name)}
    className="icon-button absolute -top-1 -end-2 !size-6 border border-line !bg-page"
  >
    <Cross />
  </AttachmentPrimitive.Remove>
);

/** A text file in a sent message, folded. */
export function SentFile() {
  const name = useAuiState((s) => s.attachment.name);
  const part = useAuiState((s) => s.attachment.content?.[0]);
  const text = part?.type === "text" ? fileIn(part.text)?.text : undefined;
  return (
    <details className="min-w-0 text-sm">
      <summary className="flex cursor-pointer items-center gap-2 select-none">
        <Page />
        <span dir="auto" className="truncate">
          {name}
        </span>
      </summary>
      <pre tabIndex={0} className="mt-2 max-h-72 overflow-auto font-mono text-xs leading-5 whitespace-pre-wrap wrap-anywhere">
        {text}
      </pre>
    </details>
  );
}

/** Why a file was not taken; until the next one is. */
export function useFileProblem(): [string | undefined, () => void] {
  const [problem, setProblem] = useState<string>();
  useAuiEvent("composer.attachmentAddError", ({ message }) => setProblem(message));
  useAuiEvent("composer.attachmentAdd", () => setProblem(undefined));
  return [problem, () => setProblem(undefined)];
}

// The conversation, and below it the composer.

import { ComposerPrimitive, ThreadPrimitive, useAuiState } from "@assistant-ui/react";
import { memo } from "react";
import { t } from "../language";
import { page } from "../page";
import { Composer, EditComposer } from "./Composer";
import { Down } from "./Icons";
import { AssistantMessage, UserMessage } from "./Message";
import { Notice } from "./Notice";
import { Questions } from "./Questions";

export const Thread = memo(function Thread() {
  const running = useAuiState((s) => s.thread.isRunning);
  const empty = useAuiState((s) => s.thread.messages.length === 0);
  return (
    <ComposerPrimitive.AttachmentDropzone asChild>
      <ThreadPrimitive.Root className="group/drop relative flex min-h-0 flex-1 flex-col">
        <ThreadPrimitive.Viewport className="relative min-h-0 flex-1 overflow-y-auto" tabIndex={0} aria-label={t.conversation} role="region">
          <div
            role="log"
            aria-label={t.messages}
            aria-live="polite"
            aria-busy={running}
            className="mx-auto flex w-full max-w-3xl flex-col gap-4 px-4 pt-6 pb-10"
          >
            <ThreadPrimitive.Messages components={{ UserMessage, AssistantMessage, EditComposer }} />
          </div>
          <Questions />
          {empty && <Welcome />}
        </ThreadPrimitive.Viewport>
        <div className="relative mx-auto w-full max-w-3xl px-4 pb-4">
          <ThreadPrimitive.ScrollToBottom
            aria-label={t.scrollToEnd}
            className="icon-button absolute -top-11 left-1/2 -translate-x-1/2 border border-line bg-page shadow disabled:hidden"
          >
            <Down />
          </ThreadPrimitive.ScrollToBottom>
          <Notice />
          <Composer />
        </div>
        <p
          className="absolute inset-2 hidden items-center justify-center rounded-3xl border-2 border-dashed border-accent bg-page/90
            text-lg font-medium group-data-[dragging]/drop:flex"
        >
          {t.dropFiles}
        </p>
      </ThreadPrimitive.Root>
    </ComposerPrimitive.AttachmentDropzone>
  );
});

function Welcome() {
  const { heading, welcome, prompts, logo } = page();
  return (
    <div className="mx-auto flex max-w-3xl flex-col items-center gap-6 px-4 pt-[14vh] text-center">
      <div>
        {logo && <img src={logo} alt="" className="mx-auto mb-6 h-14 max-w-60 object-contain" />}
        <h2 className="text-2xl font-semibold">{heading}</h2>
        <p className="mt-2 text-muted">{welcome}</p>
      </div>
      <div className="flex flex-wrap justify-center gap-2">
        {prompts.map((prompt) => (
          <ThreadPrimitive.Suggestion key={prompt} prompt={prompt} send className="plain-button !py-2">
            {prompt}
          </ThreadPrimitive.Suggestion>
        ))}
      </div>
    </div>
  );
}

// The assistant's reasoning, folded.

import type { ReasoningMessagePartComponent } from "@assistant-ui/react";

export const Reasoning: ReasoningMessagePartComponent = ({ text, status }) => (
  <details className="group/reasoning text-sm text-muted">
    <summary className="w-fit cursor-pointer rounded select-none hover:text-ink">
      {status.type === "running" ? <span className="animate-pulse">Thinking …</span> : "Thoughts"}
    </summary>
    <p className="mt-2 border-l-2 border-line pl-4 whitespace-pre-wrap wrap-anywhere">{text}</p>
  </details>
);

// The assistant's reasoning, folded.

import type { ReasoningMessagePartComponent } from "@assistant-ui/react";
import { t } from "../language";

export const Reasoning: ReasoningMessagePartComponent = ({ text, status }) => (
  <details className="group/reasoning text-sm text-muted">
    <summary className="w-fit cursor-pointer rounded select-none hover:text-ink">
      {status.type === "running" ? <span className="animate-pulse">{t.thinking}</span> : t.thoughts}
    </summary>
    <p dir="auto" className="mt-2 border-s-2 border-line ps-4 whitespace-pre-wrap wrap-anywhere">{text}</p>
  </details>
);

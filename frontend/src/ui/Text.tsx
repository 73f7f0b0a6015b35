// The assistant's text: as it is until what renders Markdown is loaded, and where that cannot be.

import type { TextMessagePartProps } from "@assistant-ui/react";
import { lazy, Suspense } from "react";

export const PlainText = ({ text }: { text: string }) => (
  <p dir="auto" className="whitespace-pre-wrap wrap-anywhere">
    {text}
  </p>
);

// Offline, or the server has a newer page by now.
export const loadMarkdown = () => import("./Markdown").catch(() => ({ Markdown: PlainText }));
const Markdown = lazy(async () => ({ default: (await loadMarkdown()).Markdown }));

// Before the first reply: when a message is begun, rather than with the page.
addEventListener("input", loadMarkdown, { once: true });

export const Text = (part: TextMessagePartProps) => (
  <Suspense fallback={<PlainText text={part.text} />}>
    <Markdown {...part} />
  </Suspense>
);

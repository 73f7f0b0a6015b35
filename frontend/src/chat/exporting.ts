// A thread as a file: Markdown to read, JSON to work with.

import type { ThreadMessageLike } from "@assistant-ui/react";
import { convert, type ChatState } from "./state";

export type Format = "markdown" | "json";

const FENCE = "~~~~";
const TYPES = { markdown: ["text/markdown", "md"], json: ["application/json", "json"] } as const;

/** Has the browser save the thread. `you` and `assistant` are the speakers' names. */
export function download(format: Format, title: string, state: ChatState, names: Names) {
  const [type, extension] = TYPES[format];
  const text = format === "json" ? JSON.stringify({ title, ...state }, null, 2) : toMarkdown(title, state, names);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = `${title.replace(/[\\/:*?"<>|\s]+/g, " ").trim() || "chat"}.${extension}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}

interface Names {
  you: string;
  assistant: string;
}

export function toMarkdown(title: string, state: ChatState, names: Names): string {
  const sections = state.messages.map((message) => {
    const converted = convert(message);
    if (converted.role === "tool") return fenced(converted.result);
    const { role, content } = converted;
    const parts = typeof content === "string" ? [content] : content.map(partToMarkdown);
    return [`## ${role === "user" ? names.you : names.assistant}`, ...parts].filter(Boolean).join("\n\n");
  });
  return [`# ${title}`, ...sections].join("\n\n") + "\n";
}

type Part = Exclude<ThreadMessageLike["content"], string>[number];

function partToMarkdown(part: Part): string {
  switch (part.type) {
    case "text":
      return part.text;
    case "reasoning":
      return part.text.replace(/^/gm, "> ");
    case "image":
      return `![](${part.image})`;
    case "source":
      return part.sourceType === "url" ? `[${part.title ?? part.url}](${part.url})` : (part.title ?? "");
    case "tool-call":
      return [`**${part.toolName}**`, fenced(part.argsText), part.result !== undefined && fenced(part.result)]
        .filter(Boolean)
        .join("\n\n");
    default:
      return "";
  }
}

const fenced = (value: unknown) =>
  [FENCE, typeof value === "string" ? value : JSON.stringify(value, null, 2), FENCE].join("\n");

// The assistant's text, rendered as Markdown while it streams.

import { MarkdownTextPrimitive, unstable_memoizeMarkdownComponents, type CodeHeaderProps } from "@assistant-ui/react-markdown";
import { memo, useState } from "react";
import remarkGfm from "remark-gfm";
import { Copy, Done } from "./Icons";

const components = unstable_memoizeMarkdownComponents({
  CodeHeader,
  a: (props) => <a target="_blank" rel="noreferrer" {...props} />,
  // Focusable, so that they can be scrolled sideways by keyboard.
  pre: (props) => <pre tabIndex={0} {...props} />,
  table: (props) => <table tabIndex={0} {...props} />,
  // Loading an image from another site would tell that site who reads this: it is shown as a link.
  img: ({ src, alt }) => (
    <a href={src} target="_blank" rel="noreferrer">
      {alt || "image"}
    </a>
  ),
});

export const Markdown = memo(function Markdown() {
  return (
    <MarkdownTextPrimitive
      remarkPlugins={[remarkGfm]}
      components={components}
      className="markdown"
    />
  );
});

function CodeHeader({ language, code }: CodeHeaderProps) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(code);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <div className="mt-3 flex items-center justify-between rounded-t-xl bg-raised py-1 pr-1 pl-4 text-xs text-muted">
      <span>{language}</span>
      <button className="icon-button !size-7" aria-label="Copy code" onClick={copy}>
        {copied ? <Done /> : <Copy />}
      </button>
    </div>
  );
}

// The assistant's text, rendered as Markdown while it streams.

import type { TextMessagePartProps } from "@assistant-ui/react";
import { createElement, isValidElement, memo, useDeferredValue, useState, type ReactNode } from "react";
import ReactMarkdown, { type ExtraProps, type Options } from "react-markdown";
import { t } from "../language";
import { blockSplitter } from "./blocks";
import { extensions } from "./extensions";
import { Copy, Done } from "./Icons";
import { Code, Formula } from "./Later";
import { withDollars } from "./mathematics";

/** Each part reads in the direction of its first words: those of an Arabic paragraph begin at the right. */
const turned = Object.fromEntries(
  ["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote"].map((tag) => [
    tag,
    ({ node, ...props }: ExtraProps) => createElement(tag, { dir: "auto", ...props }),
  ]),
);

const options: Options = {
  remarkPlugins: [extensions],
  components: {
    ...turned,
    a: ({ node, ...props }) => <a target="_blank" rel="noreferrer" {...props} />,
    pre: ({ children }) => <CodeBlock {...codeOf(children)} />,
    code: ({ className, children }) =>
      className?.includes("math-inline") ? <Formula tex={String(children)} isApart={false} /> : <code>{children}</code>,
    // Focusable, so that it can be scrolled by keyboard.
    table: ({ node, ...props }) => (
      <div tabIndex={0} className="table-frame">
        <table dir="auto" {...props} />
      </div>
    ),
    // Loading an image from another site would tell that site who reads this: it is shown as a link.
    img: ({ src, alt }) => (
      <a href={src} target="_blank" rel="noreferrer">
        {alt || t.anImage}
      </a>
    ),
  },
};

// Compiles the parser before it is needed: the first words of a reply would wait for it.
const whenIdle = window.requestIdleCallback ?? setTimeout; // Safari before 26.4 has none
whenIdle(() => ReactMarkdown({ ...options, children: "# *a* `b`\n\n- [c](/d)\n\n| e |\n|---|\n| f |\n\n```\ng\n```" }));

/** The text of a message's part, in blocks: those before the last one change no more, and are not rendered again. */
export function Markdown({ text, status }: TextMessagePartProps) {
  const [split] = useState(blockSplitter);
  const isReady = useDeferredValue(true, status.type !== "running"); // a task of its own for the first words
  const blocks = isReady ? split(text) : [];
  return (
    <div className="markdown" data-status={status.type}>
      {blocks.map((block, index) => (
        <Block key={index} text={block} />
      ))}
    </div>
  );
}

const Block = memo(function Block({ text }: { text: string }) {
  return <ReactMarkdown {...options}>{withDollars(text)}</ReactMarkdown>;
});

interface CodeProps {
  language: string;
  code: string;
}

/** What a `pre` shows: react-markdown has one child in it, `code`, whose class names the language. */
function codeOf(child: ReactNode): CodeProps {
  const { className, children } = isValidElement<{ className?: string; children?: ReactNode }>(child) ? child.props : {};
  return { language: /language-(\S+)/.exec(className ?? "")?.[1] ?? "", code: String(children ?? "").replace(/\n$/, "") };
}

function CodeBlock({ language, code }: CodeProps) {
  if (language === "math") return <Formula tex={code} isApart />;
  return (
    <div>
      <CodeHeader language={language} code={code} />
      {/* Focusable, so that it can be scrolled sideways by keyboard. */}
      <pre tabIndex={0}>
        <Code language={language} code={code} />
      </pre>
    </div>
  );
}

function CodeHeader({ language, code }: CodeProps) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(code);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <div className="mt-3 flex items-center justify-between rounded-t-xl bg-raised py-1 ps-4 pe-1 text-xs text-muted">
      <span>{language}</span>
      <button className="icon-button !size-7" aria-label={t.copyCode} onClick={copy}>
        {copied ? <Done /> : <Copy />}
      </button>
    </div>
  );
}

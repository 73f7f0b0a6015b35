// What Markdown has beside CommonMark: tables, task lists and the like, and mathematics. As remark-gfm and remark-math have
// it, without their way back to Markdown, an eighth of the parser's size.

import { gfmFromMarkdown } from "mdast-util-gfm";
import { mathFromMarkdown } from "mdast-util-math";
import { gfm } from "micromark-extension-gfm";
import { math } from "micromark-extension-math";
import type {} from "remark-parse"; // the types of what is pushed
import type { Processor } from "unified";

export function extensions(this: Processor) {
  const data = this.data();
  (data.micromarkExtensions ??= []).push(gfm(), math({ singleDollarTextMath: false }));
  (data.fromMarkdownExtensions ??= []).push(gfmFromMarkdown(), mathFromMarkdown());
}

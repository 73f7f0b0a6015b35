// Tables, task lists and the like, as remark-gfm has them: without its way back to Markdown, an eighth of the parser's size.

import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import type {} from "remark-parse"; // the types of what is pushed
import type { Processor } from "unified";

export function remarkGfm(this: Processor) {
  const data = this.data();
  (data.micromarkExtensions ??= []).push(gfm());
  (data.fromMarkdownExtensions ??= []).push(gfmFromMarkdown());
}

// Files in the composer: images are sent as images, text files become text in the message.

import { CompositeAttachmentAdapter, SimpleTextAttachmentAdapter } from "@assistant-ui/react";
import { t } from "../language";
import { images } from "./images";

const LARGEST_TEXT = 200_000; // bytes: about 50,000 tokens

/** Any other file than an image: it is taken if it is text. */
class TextFiles extends SimpleTextAttachmentAdapter {
  override accept = "*";

  override async add({ file }: { file: File }) {
    if (file.size > LARGEST_TEXT) throw new Error(t.fileTooLarge(file.name, LARGEST_TEXT / 1000));
    if (!(await isText(file))) throw new Error(t.fileUnknown(file.name));
    return super.add({ file });
  }
}

export const files = new CompositeAttachmentAdapter([images, new TextFiles()]);

async function isText(file: File): Promise<boolean> {
  try {
    return !new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()).includes("\0");
  } catch {
    return false;
  }
}

/** The name and the contents of the file that a part of a message is, as SimpleTextAttachmentAdapter writes it. */
export function fileIn(part: string): { name: string; text: string } | undefined {
  const found = /^<attachment name="([^"\n]*)">\n(.*)\n<\/attachment>$/s.exec(part);
  if (!found) return undefined;
  const name = found[1]!.replaceAll("&gt;", ">").replaceAll("&lt;", "<").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
  return { name, text: found[2]! };
}

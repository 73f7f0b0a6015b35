// Splits Markdown that streams into blocks, so that only the last one is parsed and rendered anew.

const FENCE = /^ {0,3}(`{3,}|~{3,}|\$\$)/;
const CONTINUES = /^(\s|[-*+]\s|\d+[.)]\s)/; // an item of the same list, or what is indented below one
const DEFINITION = /^ {0,3}\[[^\]]+\]:/m; // of a link or a footnote, which other blocks refer to

/** Returns a function that splits a growing text; it looks only at what came after the last block's beginning. */
export function blockSplitter() {
  let blocks: string[] = [];
  let settled = 0; // the length of all blocks but the last
  return (text: string): string[] => {
    if (DEFINITION.test(text)) return [text];
    const finished = blocks.slice(0, -1);
    const isLonger = text.length >= settled && finished.length > 0 && text.startsWith(finished.join(""));
    const kept = isLonger ? finished : [];
    const from = isLonger ? settled : 0;
    blocks = [...kept, ...split(text.slice(from))];
    settled = text.length - blocks.at(-1)!.length;
    return blocks;
  };
}

/** The blocks of a text, in full: a block ends at an empty line, unless that is inside of code, mathematics or a list. */
function split(text: string): string[] {
  const blocks = [""];
  let fence: string | undefined;
  let isAfterEmptyLine = false;
  for (const line of text.split(/(?<=\n)/)) {
    if (!fence && isAfterEmptyLine && line.trim() && !CONTINUES.test(line)) blocks.push("");
    blocks[blocks.length - 1] += line;
    const mark = FENCE.exec(line)?.[1];
    if (!fence) fence = mark && opens(line, mark) ? mark : undefined;
    else if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
    isAfterEmptyLine = !line.trim();
  }
  return blocks;
}

/** Whether the line opens what later lines are inside of: not where it closes it itself, as `$$x$$` does. */
const opens = (line: string, mark: string) => mark.startsWith("~") || !line.trim().slice(mark.length).includes(mark[0]!);

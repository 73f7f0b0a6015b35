// The threads, where the server keeps none: they are this browser's.

import { loadThread, loadThreads, onList, remove, rename } from "./browserStorage";
import { ThreadCopy } from "./copy";
import { textOf } from "./state";
import type { ThreadInfo, Threads } from "./threads";

async function search(query: string): Promise<ThreadInfo[]> {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return loadThreads().filter(({ id, title }) => {
    const { leaves, active } = loadThread(id);
    const text = [title, ...leaves[active]!.messages.map(textOf)].join("\n").toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export const browserThreads: Threads = {
  list: loadThreads,
  onList,
  prepare: () => undefined,
  load: loadThread,
  copy: (...args) => new ThreadCopy(...args),
  rename,
  remove,
  search,
};

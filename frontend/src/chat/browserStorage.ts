// The threads that this browser keeps in its storage, and the list of them.

import { storageKey } from "../root";
import { readJson, writeJson } from "../storage";
import { EMPTY, type SavedThread, type ThreadInfo } from "./threads";

const LIST = storageKey("threads");
const threadKey = (id: string) => storageKey(`thread:${id}`);

let list: ThreadInfo[] | undefined; // the same array until it changes, as useSyncExternalStore needs it
const listeners = new Set<() => void>();
const listChanged = () => {
  list = undefined;
  listeners.forEach((listener) => listener());
};
addEventListener("storage", listChanged); // another tab has written

/** Calls the listener whenever the list changes; returns what ends that. */
export function onList(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Calls the listener whenever another tab has saved the thread; returns what ends that. */
export function onSavedByOther(id: string, listener: () => void) {
  const stored = (event: StorageEvent) => event.key === threadKey(id) && event.newValue && listener();
  addEventListener("storage", stored);
  return () => removeEventListener("storage", stored);
}

/** The threads, the most recently used one first. */
export const loadThreads = () => (list ??= readJson<ThreadInfo[]>(LIST) ?? []);

export const loadThread = (id: string) => readJson<SavedThread>(threadKey(id)) ?? EMPTY;

/** Saves the thread and its entry in the list, unless another tab has saved a newer copy. */
export function saveThread(id: string, title: string, thread: SavedThread) {
  if (loadThread(id).changed > thread.changed) return;
  const entry = entryOf(id);
  const updated = entry && !thread.running ? entry.updated : Date.now();
  store(id, thread);
  saveEntry(entry?.renamed ? { ...entry, updated } : { id, title, updated });
}

export function rename(id: string, title: string) {
  const entry = entryOf(id);
  if (entry && title) saveEntry({ ...entry, title, renamed: true });
}

/** Removes the thread; returns what brings it back. */
export function remove(id: string): () => void {
  const entry = entryOf(id);
  const thread = { ...loadThread(id), running: false };
  localStorage.removeItem(threadKey(id));
  saveList(loadThreads().filter((other) => other.id !== id));
  return () => {
    if (!entry) return;
    store(id, thread);
    saveEntry(entry);
  };
}

const entryOf = (id: string) => loadThreads().find((thread) => thread.id === id);

const saveEntry = (entry: ThreadInfo) => saveList([entry, ...loadThreads().filter(({ id }) => id !== entry.id)]);

function saveList(threads: ThreadInfo[]) {
  writeJson(LIST, threads.toSorted((a, b) => b.updated - a.updated));
  listChanged();
}

/** When the storage is full, drops the thread's other branches first, then the least recently used threads. */
function store(id: string, thread: SavedThread) {
  if (writeJson(threadKey(id), thread)) return;
  const withoutBranches = { ...thread, leaves: [thread.leaves[thread.active]!], active: 0 };
  const others = loadThreads().filter((other) => other.id !== id);
  const dropped: [string, string | null][] = [];
  while (!writeJson(threadKey(id), withoutBranches)) {
    const oldest = others.pop();
    if (!oldest) {
      // It does not even fit into an empty storage: it lives until the page is closed, and the others are restored.
      for (const [key, value] of dropped) if (value !== null) localStorage.setItem(key, value);
      return;
    }
    const key = threadKey(oldest.id);
    dropped.push([key, localStorage.getItem(key)]);
    localStorage.removeItem(key);
  }
  saveList(loadThreads().filter((other) => !dropped.some(([key]) => key === threadKey(other.id))));
}

// What this browser keeps: who it is, its threads, and each thread's state.

import type { Branches } from "./chat/branches";
import type { Attempt } from "./chat/connection";

export interface ThreadInfo {
  id: string;
  title: string;
  updated: number; // milliseconds since 1970
}

export interface SavedThread extends Branches {
  /** Whether a run was under way: to be resumed. */
  running: boolean;
  /** What was sent last, if it has had no effect yet. */
  unsent?: Attempt["commands"] | undefined;
  /** When its state changed last, in milliseconds since 1970: a tab that is behind must not undo another's work. */
  changed: number;
  /** The id of the last run that came to its end. */
  finishedId?: string | undefined;
}

const CLIENT = "client-id";
const THREADS = "threads";
const API_KEY = "api-key";
const threadKey = (id: string) => `thread:${id}`;

/** 128 random bits. Not crypto.randomUUID: a page that came by plain http from another machine has none. */
export const randomId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export function clientId(): string {
  const known = localStorage.getItem(CLIENT);
  if (known) return known;
  const id = randomId();
  localStorage.setItem(CLIENT, id);
  return id;
}

/** The API key that a server may ask for: kept for this tab only. */
export const apiKey = () => sessionStorage.getItem(API_KEY);
export const setApiKey = (key: string) => sessionStorage.setItem(API_KEY, key);

const EMPTY: SavedThread = { leaves: [{ messages: [] }], active: 0, running: false, changed: 0 };

const listeners = new Set<() => void>();
addEventListener("storage", () => changed()); // by another tab
const changed = () => {
  list = undefined;
  listeners.forEach((listener) => listener());
};
let list: ThreadInfo[] | undefined;

/** Tells of every change of the list of threads. */
export function onThreads(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Tells when another tab has saved the thread. */
export function onThread(id: string, listener: () => void) {
  const heard = (event: StorageEvent) => event.key === threadKey(id) && event.newValue && listener();
  addEventListener("storage", heard);
  return () => removeEventListener("storage", heard);
}

/** The threads, the one that was used last at the top. */
export const loadThreads = () => (list ??= read<ThreadInfo[]>(THREADS) ?? []);

/** Saves a thread, and its place in the list. */
export function saveConversation(id: string, title: string, thread: SavedThread) {
  const known = loadThreads().find((other) => other.id === id);
  if (loadThread(id).changed > thread.changed) return;
  const updated = known && !thread.running ? known.updated : Date.now();
  saveThread(id, thread);
  saveThreads([{ id, title, updated }, ...loadThreads().filter((other) => other.id !== id)]);
}

export function removeThread(id: string) {
  localStorage.removeItem(threadKey(id));
  saveThreads(loadThreads().filter((thread) => thread.id !== id));
}

export const loadThread = (id: string) => read<SavedThread>(threadKey(id)) ?? EMPTY;

function saveThreads(threads: ThreadInfo[]) {
  write(THREADS, threads.sort((a, b) => b.updated - a.updated));
  changed();
}

/** A full storage first loses its other branches, then the threads that were not used for longest. */
function saveThread(id: string, thread: SavedThread) {
  if (write(threadKey(id), thread)) return;
  const alone = { ...thread, leaves: [thread.leaves[thread.active]!], active: 0 };
  const others = loadThreads().filter((other) => other.id !== id).sort((a, b) => b.updated - a.updated);
  const dropped: [string, string | null][] = [];
  while (!write(threadKey(id), alone)) {
    const oldest = others.pop();
    if (!oldest) {
      // Larger than the whole storage: it stays for as long as the page is open, and the others stay as well.
      for (const [key, value] of dropped) if (value !== null) localStorage.setItem(key, value);
      return;
    }
    const key = threadKey(oldest.id);
    dropped.push([key, localStorage.getItem(key)]);
    localStorage.removeItem(key);
  }
  saveThreads(loadThreads().filter((other) => !dropped.some(([key]) => key === threadKey(other.id))));
}

function read<T>(key: string): T | undefined {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}

function write(key: string, value: unknown): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false; // QuotaExceededError
  }
}

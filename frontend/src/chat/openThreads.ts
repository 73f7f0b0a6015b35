// The threads that are open: the one on the screen, and those in the background whose replies are still arriving.

import { useSyncExternalStore } from "react";
import { storageKey } from "../root";
import { randomId } from "../storage";
import { goTo } from "../drawer";
import { Connection } from "./connection";
import type { RefusedError } from "./serverApi";
import type { ChatState } from "./state";
import type { Status } from "./view";
import { threads } from "./keeper";

interface OpenThreads {
  current: string;
  /** Why the current thread cannot be shown. */
  problem?: RefusedError | undefined;
  connections: Connection[];
  running: string[]; // ids
}

const BEGUN = storageKey("begun"); // the latest that has no message yet, also after a reload
const begun = new Set([sessionStorage.getItem(BEGUN)]); // by this tab: nothing of them can be read before they are in the list
const problems = new Map<string, RefusedError | undefined>(); // undefined while the thread is being read
const connections = new Map<string, Connection>();
const listeners = new Set<() => void>();
let current: string;
let snapshot: OpenThreads;

/** The thread in the page's address, where a reload and the back button find it; a new one if there is none. */
const addressed = () => location.hash.slice(1) || newId();

function newId() {
  const id = randomId();
  begun.add(id);
  sessionStorage.setItem(BEGUN, id);
  return id;
}

/** Puts a thread on the screen. */
export function showThread(id: string) {
  current = id;
  goTo(id);
  update();
}

export const newThread = () => showThread(newId());

/** Cancels what is in progress in the thread, and deletes it from this browser; returns what brings it back. */
export function deleteThread(id: string): () => void {
  const wasShown = id === current;
  connections.get(id)?.discard();
  connections.delete(id);
  const restore = threads.remove(id);
  if (wasShown) newThread();
  else update();
  return () => {
    restore();
    if (wasShown) showThread(id);
  };
}

/** The thread's state, as it stands. */
export async function stateOf(id: string): Promise<ChatState> {
  connections.get(id)?.save();
  await threads.prepare(id);
  const { leaves, active } = threads.load(id);
  return leaves[active]!;
}

export const useOpenThreads = () => useSyncExternalStore(subscribe, () => snapshot);

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Reads the thread once more, after a problem. */
export function reopen(id: string) {
  connections.get(id)?.close();
  connections.delete(id);
  problems.delete(id);
  update();
}

function open(id: string) {
  const isNew = begun.has(id) && !threads.list().some((thread) => thread.id === id);
  const preparation = isNew ? undefined : threads.prepare(id);
  if (!preparation) return connect(id);
  problems.set(id, undefined);
  const opened = () => {
    problems.delete(id);
    connect(id);
  };
  const failed = (error: RefusedError) => {
    problems.set(id, error);
    if (error.status === 401) connect(id, { kind: "key-required" });
  };
  void preparation.then(opened, failed).then(update);
}

function connect(id: string, status?: Status) {
  connections.set(id, new Connection(id, update, status));
}

function update() {
  if (!connections.has(current) && !problems.has(current)) open(current);
  for (const [id, connection] of connections) {
    if (id !== current && connection.idle) {
      connection.close();
      connections.delete(id);
    }
  }
  const mounted = [...connections.values()];
  const running = mounted.filter(({ view }) => view.running && view.status.kind !== "key-required").map(({ id }) => id);
  if (running.includes(sessionStorage.getItem(BEGUN) ?? "")) sessionStorage.removeItem(BEGUN);
  snapshot = { current, problem: problems.get(current), connections: mounted, running };
  listeners.forEach((listener) => listener());
}

/** Shows the thread in the page's address, now and whenever that changes. */
export function followAddress() {
  showThread(addressed());
  addEventListener("hashchange", () => showThread(addressed()));
}

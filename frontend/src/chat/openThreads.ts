// The threads that are open: the one on the screen, and those in the background whose replies are still arriving.

import { useSyncExternalStore } from "react";
import { randomId } from "../storage";
import { goTo } from "../drawer";
import { Connection } from "./connection";
import type { ChatState } from "./state";
import { loadThread, removeThread } from "./threads";

interface OpenThreads {
  current: string;
  connections: Connection[];
  running: string[]; // ids
}

const connections = new Map<string, Connection>();
const listeners = new Set<() => void>();
let current: string;
let snapshot: OpenThreads;

/** The thread in the page's address, where a reload and the back button find it; a new one if there is none. */
const addressed = () => location.hash.slice(1) || randomId();

/** Puts a thread on the screen. */
export function showThread(id: string) {
  current = id;
  goTo(id);
  update();
}

export const newThread = () => showThread(randomId());

/** Cancels what is in progress in the thread, and deletes it from this browser; returns what brings it back. */
export function deleteThread(id: string): () => void {
  const wasShown = id === current;
  connections.get(id)?.discard();
  connections.delete(id);
  const restore = removeThread(id);
  if (wasShown) newThread();
  else update();
  return () => {
    restore();
    if (wasShown) showThread(id);
  };
}

/** The thread's state, as it stands. */
export function stateOf(id: string): ChatState {
  connections.get(id)?.save();
  const { leaves, active } = loadThread(id);
  return leaves[active]!;
}

export const useOpenThreads = () => useSyncExternalStore(subscribe, () => snapshot);

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function update() {
  if (!connections.has(current)) connections.set(current, new Connection(current, update));
  for (const [id, connection] of connections) {
    if (id !== current && connection.idle) {
      connection.close();
      connections.delete(id);
    }
  }
  const open = [...connections.values()];
  const running = open.filter(({ view }) => view.running && view.status.kind !== "key-required").map(({ id }) => id);
  snapshot = { current, connections: open, running };
  listeners.forEach((listener) => listener());
}

showThread(addressed());
addEventListener("hashchange", () => showThread(addressed()));

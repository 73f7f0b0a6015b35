// The models that the user may choose among, and what was chosen for a thread.

import { useSyncExternalStore } from "react";
import { page } from "../page";
import { ROOT, storageKey } from "../root";
import { headers } from "../server";
import { readJson, writeJson } from "../storage";

const CHOSEN = storageKey("models");
const MAX_CHOSEN = 200; // threads whose choice is remembered: the last ones
let models: string[] = [];
let chosen = readJson<Record<string, string>>(CHOSEN) ?? {}; // by thread
const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Asks the server for the models, which may need the API key. */
export async function loadModels() {
  if (!page().hasModels) return;
  const response = await fetch(`${ROOT}/models`, { headers: await headers() }).catch(() => undefined);
  if (response?.ok) ({ models } = await response.json());
  listeners.forEach((listener) => listener());
}

/** The model that was chosen for the thread; undefined for the server's default. */
export const modelOf = (thread: string): string | undefined => (models.includes(chosen[thread]!) ? chosen[thread] : undefined);

export function chooseModel(thread: string, model: string) {
  const kept = Object.entries(chosen)
    .filter(([id]) => id !== thread)
    .slice(1 - MAX_CHOSEN);
  chosen = { ...Object.fromEntries(kept), [thread]: model };
  writeJson(CHOSEN, chosen);
  listeners.forEach((listener) => listener());
}

/** The models, the server's default first, and the thread's one. */
export function useModels(thread: string) {
  return {
    models: useSyncExternalStore(subscribe, () => models),
    model: useSyncExternalStore(subscribe, () => modelOf(thread)),
  };
}

void loadModels();

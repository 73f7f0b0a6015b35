// Whether the server is out of reach because the browser is offline. A browser without a network says that it is
// offline even where the server runs on the same machine, so it is asked.

import { useSyncExternalStore } from "react";
import { ROOT } from "../root";

let offline = false;
const listeners = new Set<() => void>();

const isOffline = async () => !navigator.onLine && !(await fetch(`${ROOT}/health/live`).then(() => true, () => false));

async function check() {
  offline = await isOffline();
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const useOffline = () => useSyncExternalStore(subscribe, () => offline);

/** `value`, once the server can be reached. */
export async function onceOnline<T>(value: T): Promise<T> {
  if (await isOffline()) await new Promise((resolve) => addEventListener("online", resolve, { once: true }));
  return value;
}

addEventListener("offline", check);
addEventListener("online", check);
void check();

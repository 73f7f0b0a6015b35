// Who keeps the threads: the server where THREADS is on, else this browser.

import { keepsThreads } from "../page";
import { browserThreads } from "./browserThreads";
import type { ServerThreads } from "./serverThreads";
import type { Threads } from "./threads";

export let server: ServerThreads | undefined;
export let threads: Threads = browserThreads;

/** Loads what speaks to the server, if it keeps the threads. To be awaited before anything is rendered. */
export async function chooseKeeper() {
  if (keepsThreads) threads = server = new (await import("./serverThreads")).ServerThreads();
}

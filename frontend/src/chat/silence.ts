// Detects a connection that is dead but not closed: not even the server's heartbeat arrives.

const TIMEOUT = 50_000; // milliseconds: three heartbeats of 15 s were missed

/** Reads `response`, a clone, to its end, and calls `onSilence` when nothing arrives for too long. */
export async function watchSilence(response: Response, onSilence: () => void) {
  const reader = response.body!.getReader();
  try {
    for (let done = false; !done; ) {
      const timer = setTimeout(onSilence, TIMEOUT);
      ({ done } = await reader.read().finally(() => clearTimeout(timer)));
    }
  } catch {
    // The reader of the original gets the error as well, and handles it.
  }
}

// A connection that looks alive and is not: nothing comes any more, not even the server's heartbeat.

const LONGEST = 50_000; // milliseconds: three heartbeats were missed

/** Reads `response`, which is a copy, to its end, and calls `onSilence` where too long nothing comes. */
export async function watchSilence(response: Response, onSilence: () => void) {
  const reader = response.body!.getReader();
  try {
    for (let done = false; !done; ) {
      const timer = setTimeout(onSilence, LONGEST);
      ({ done } = await reader.read().finally(() => clearTimeout(timer)));
    }
  } catch {
    // Whoever reads the original has been told.
  }
}

// What is said to the server besides the runs themselves.

import { apiKey, clientId } from "./storage";

export const API = { api: "/assistant", resumeApi: "/resume", protocol: "assistant-transport" } as const;

/** With Accept the encoding is SSE, whatever ASSISTANT_PROTOCOL says. */
export async function headers(): Promise<Record<string, string>> {
  const key = apiKey();
  return {
    Accept: "text/event-stream",
    "X-Client-Id": clientId(),
    ...(key && { Authorization: `Bearer ${key}` }),
  };
}

/** Tells the server to stop: closing the connection alone would leave a run that can be resumed going on. */
export async function cancel(run: { runId?: string; threadId: string }) {
  const init = { method: "POST", body: JSON.stringify(run), keepalive: true };
  await fetch("/cancel", { ...init, headers: { ...(await headers()), "Content-Type": "application/json" } }).catch(
    () => {}, // unreachable: the server ends the run by itself when nobody reads it
  );
}

export type Failure =
  | { kind: "key" } // an API key is required
  | { kind: "lost" } // the connection, perhaps with a run that goes on
  | { kind: "gone" } // there is no such run any more
  | { kind: "refused"; text: string }; // by the server, in a sentence for a person

/** What an error of the runtime means: `Status N: <body>`, the text of an error frame, or a failed fetch. */
export function understand(error: Error): Failure {
  const refusal = /^Status (\d+): (.*)$/s.exec(error.message);
  if (refusal) {
    const [, status, body] = refusal;
    if (status === "401") return { kind: "key" };
    if (status === "404") return { kind: "gone" };
    return { kind: "refused", text: sentence(body!) ?? `The server answered with status ${status}.` };
  }
  // As Chromium, Firefox and Safari call a connection that failed, and the decoder a stream that ended too early.
  const cut =
    /^(failed to fetch|networkerror|network error|load failed|the network connection was lost|error in (input|body) stream)|\[DONE\]/i.test(
      error.message,
    );
  return cut ? { kind: "lost" } : { kind: "refused", text: error.message };
}

function sentence(body: string): string | undefined {
  try {
    const { error, details } = JSON.parse(body);
    const first = details?.[0];
    return first ? `${error} (${first.field}: ${first.problem})` : error;
  } catch {
    return undefined;
  }
}

// How the page talks to the server: routes, headers, cancelling, and what its errors mean.

import { ROOT } from "./root";
import { t } from "./language";
import { apiKey, clientId } from "./storage";

export const API = { api: `${ROOT}/assistant`, resumeApi: `${ROOT}/resume`, protocol: "assistant-transport" } as const;

/** Accept asks for the SSE encoding, whatever the server's ASSISTANT_PROTOCOL is. */
export async function headers(): Promise<Record<string, string>> {
  const key = apiKey();
  const csrf = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1]; // set by the page where CALLER goes by cookies
  return {
    Accept: "text/event-stream",
    "X-Client-Id": clientId(),
    ...(key && { Authorization: `Bearer ${key}` }),
    ...(csrf && { "X-CSRFToken": csrf }),
  };
}

/** Tells the server to stop a run: closing the connection does not end a run that can be resumed. */
export async function cancelRun(run: { runId?: string; threadId: string }) {
  const init = { method: "POST", body: JSON.stringify(run), keepalive: true };
  await fetch(`${ROOT}/cancel`, { ...init, headers: { ...(await headers()), "Content-Type": "application/json" } }).catch(
    () => {}, // the server is unreachable: without a reader, the run ends by itself
  );
}

export type Failure =
  | { kind: "key-required" }
  | { kind: "lost" } // the connection broke; the run may go on
  | { kind: "gone" } // the run is no longer there
  | { kind: "refused"; text: string; code?: string }; // the server's reason, in a sentence for the user

/** What the runtime's error means. Its message is `Status N: <body>`, an error frame's text, or a failed fetch's. */
export function classify(error: Error): Failure {
  const refusal = /^Status (\d+): (.*)$/s.exec(error.message);
  if (refusal) {
    const [, status, body] = refusal;
    if (status === "401") return { kind: "key-required" };
    const { error, code, details } = parsed(body!);
    if (status === "404" && code !== "approval_not_found") return { kind: "gone" };
    const first = details?.[0];
    const text = first ? `${error} (${first.field}: ${first.problem})` : error;
    return { kind: "refused", text: text ?? t.answeredWith(status!), ...(code && { code }) };
  }
  // How Chromium, Firefox and Safari word a failed connection, and the npm client's decoder a stream cut short.
  const cut =
    /^(failed to fetch|networkerror|network error|load failed|the network connection was lost|error in (input|body) stream)|\[DONE\]/i.test(
      error.message,
    );
  return cut ? { kind: "lost" } : { kind: "refused", text: error.message };
}

/** The server's error body; empty for another's. */
function parsed(body: string): { error?: string; code?: string; details?: { field: string; problem: string }[] } {
  try {
    return JSON.parse(body) ?? {};
  } catch {
    return {};
  }
}

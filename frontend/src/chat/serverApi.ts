// The routes by which the server's threads are read and changed.

import { ROOT } from "../root";
import { headers } from "../server";
import type { ChatState } from "./state";

export interface Summary {
  threadId: string;
  title: string;
  archived: boolean;
  lastActivityAt: string; // ISO 8601
  version: number; // grows with every change
  running: boolean;
}

export interface Thread extends Summary {
  state: ChatState;
  run: { runId: string; status: string } | null; // the latest, as long as it is kept
  branches: { leaf: string; messages: string[] }[]; // the messages' ids; the shown one among them
  head: string | null; // the `leaf` of the branch that is shown
}

export interface Page {
  threads: Summary[];
  nextCursor: string | null;
}

/** Why the server refused: `status` is HTTP's, 0 where it was not reached. */
export class RefusedError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Calls a route below /threads; undefined for a 204. Raises RefusedError. */
async function call(method: string, route: string, body?: unknown, keepalive = false): Promise<unknown> {
  const init: RequestInit = { method, keepalive, headers: { ...(await headers()), Accept: "application/json" } };
  if (body !== undefined) {
    init.headers = { ...init.headers, "Content-Type": "application/json" };
    init.body = JSON.stringify(body);
  }
  const response = await fetch(`${ROOT}/threads${route}`, init).catch((error: Error) => {
    throw new RefusedError(error.message, 0);
  });
  if (response.status === 204) return undefined;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new RefusedError(answer.error ?? `Status ${response.status}`, response.status);
  return answer;
}

const path = (id: string) => `/${encodeURIComponent(id)}`;

export const listPage = (query: Record<string, string>) => call("GET", `?${new URLSearchParams(query)}`) as Promise<Page>;

/** The thread, or undefined where it is still at `version` and nothing runs. */
export const getThread = (id: string, version?: number) =>
  call("GET", path(id) + (version === undefined ? "" : `?version=${version}`)) as Promise<Thread | undefined>;

export const createThread = (thread: { threadId: string; title: string; state: ChatState }) =>
  call("POST", "", thread) as Promise<Summary>;

export const updateThread = (id: string, changes: { title?: string; archived?: boolean; head?: string }) =>
  call("PATCH", path(id), changes) as Promise<Summary>;

/** Has the assistant give the thread a title. */
export const nameThread = (id: string) => call("POST", `${path(id)}/title`, {}) as Promise<{ title: string }>;

/** `keepalive` lets the request outlive the page. */
export const deleteThread = (id: string, keepalive: boolean) => call("DELETE", path(id), undefined, keepalive);

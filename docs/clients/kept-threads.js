// assistant-ui's list of threads, kept by this server (THREADS=true). Copy it into your app.
// Written for @assistant-ui/react 0.15.22 and assistant-stream 0.3.57; docs/threads.md has an example.

import { useAssistantTransportRuntime, useAui, useRemoteThreadListRuntime } from "@assistant-ui/react";
import { createAssistantStream } from "assistant-stream";
import { useEffect, useState } from "react";

const LOOK_MS = 2000; // how often a thread that is shown is looked at, for what another browser does in it

/**
 * A runtime whose threads the server keeps.
 *
 * @param {object} options those of useAssistantTransportRuntime, and `url`, where the server is (the page's own host by
 *   default); `threadId` and `onThreadIdChange` as useRemoteThreadListRuntime has them. `headers`, an object or an
 *   async function, go with every request: they say who calls, and a caller without a name keeps no threads.
 */
export function useKeptThreadsRuntime({ url = "", threadId, onThreadIdChange, ...options }) {
  const [threads] = useState(() => new KeptThreads(url, options.headers));
  return useRemoteThreadListRuntime({
    adapter: threads.adapter,
    runtimeHook: function useThread() {
      const routes = { api: `${url}/assistant`, resumeApi: `${url}/resume` };
      const body = useNamedBody(options.body);
      const runtime = useAssistantTransportRuntime({ ...routes, ...options, body });
      useKeptState(threads, runtime);
      return runtime;
    },
    threadId,
    onThreadIdChange,
  });
}

/** The server's threads, by its routes. */
export class KeptThreads {
  /** `headers`: an object, or a function that returns one or a promise of one. */
  constructor(url, headers = {}) {
    this.url = url;
    this.headers = typeof headers === "function" ? headers : () => headers;
  }

  /** One page of the list, the most recently used first. `q` searches titles and texts. */
  list({ cursor, q, archived = "all" } = {}) {
    const query = Object.entries({ cursor, q, archived }).filter(([, value]) => value !== undefined);
    return this.#call("GET", `?${new URLSearchParams(query)}`);
  }

  /** A thread with its state; undefined where it is still at `version`. */
  get(id, version) {
    return this.#call("GET", path(id, version === undefined ? "" : `?version=${version}`));
  }

  create(thread = {}) {
    return this.#call("POST", "", thread);
  }

  update(id, changes) {
    return this.#call("PATCH", path(id), changes);
  }

  delete(id) {
    return this.#call("DELETE", path(id));
  }

  title(id) {
    return this.#call("POST", path(id, "/title"), {});
  }

  /** What useRemoteThreadListRuntime takes. */
  adapter = {
    list: async ({ after } = {}) => {
      const { threads, nextCursor } = await this.list({ cursor: after });
      return { threads: threads.map(metadata), nextCursor: nextCursor ?? undefined };
    },
    fetch: async (id) => metadata(await this.get(id)),
    initialize: async () => ({ remoteId: (await this.create()).threadId }),
    rename: async (id, title) => void (await this.update(id, { title })),
    archive: async (id) => void (await this.update(id, { archived: true })),
    unarchive: async (id) => void (await this.update(id, { archived: false })),
    delete: async (id) => void (await this.delete(id)),
    generateTitle: async (id) => {
      let { title } = await this.title(id);
      // Clients before 0.15.22 ask once, maybe before the first message is stored.
      for (let again = 0; !title && again < 10; again++) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        ({ title } = await this.title(id));
      }
      return createAssistantStream((controller) => controller.appendText(title));
    },
  };

  async #call(method, route, body) {
    const headers = { ...(await this.headers()), ...(body && { "Content-Type": "application/json" }) };
    const response = await fetch(`${this.url}/threads${route}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (response.status === 204) return undefined;
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    throw Object.assign(new Error(answer.error ?? `Status ${response.status}`), { status: response.status });
  }
}

const path = (id, rest = "") => `/${encodeURIComponent(id)}${rest}`;

const metadata = ({ threadId, title, archived, lastActivityAt }) => ({
  remoteId: threadId,
  title: title || undefined,
  status: archived ? "archived" : "regular",
  lastMessageAt: new Date(lastActivityAt),
});

/** A request's body with the thread's name: before 0.15.22 the first request of a thread goes without one. */
function useNamedBody(given) {
  const aui = useAui();
  return async () => {
    const { remoteId } = aui.threadListItem.getState();
    const threadId = remoteId ?? (await aui.threadListItem.initialize()).remoteId;
    return { ...(typeof given === "function" ? await given() : given), threadId };
  };
}

/** Loads the state of the thread that is shown, and follows what other browsers do in it. */
function useKeptState(threads, runtime) {
  const aui = useAui();
  useEffect(() => {
    let version;
    let timer;
    let closed = false;
    const isFree = () => !closed && !runtime.thread.getState().isRunning;

    const look = async () => {
      clearTimeout(timer);
      const { remoteId } = aui.threadListItem.getState();
      if (remoteId && isFree() && document.visibilityState !== "hidden") await load(remoteId).catch(() => {});
      if (!closed) timer = setTimeout(look, LOOK_MS);
    };
    const load = async (id) => {
      const thread = await threads.get(id, version);
      if (!thread || !isFree()) return; // nothing is new, or this browser has begun a reply meanwhile
      version = thread.version;
      runtime.thread.importExternalState(thread.state);
      if (thread.run) runtime.thread.resumeRun({ parentId: null });
    };

    void look();
    window.addEventListener("focus", look);
    return () => {
      closed = true;
      clearTimeout(timer);
      window.removeEventListener("focus", look);
    };
  }, [threads, runtime, aui]);
}

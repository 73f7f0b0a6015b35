// The threads that the server keeps. This tab has a copy of the list and of the threads that are open.

import { readJson, writeJson } from "../storage";
import { t } from "../language";
import { storageKey } from "../root";
import { deleteThread, getThread, listPage, nameThread, RefusedError, updateThread, type Page, type Thread } from "./serverApi";
import { ServerCopy } from "./serverCopy";
import type { Message } from "./state";
import { EMPTY, type SavedThread, type ThreadInfo, type Threads } from "./threads";

const UNDO_MS = 20_000; // a thread that was deleted can be brought back for so long
const REFRESH_MS = 30_000;

const GONE = storageKey("gone");
const unsentKey = (id: string) => storageKey(`unsent:${id}`);

export class ServerThreads implements Threads {
  /** Why the list cannot be shown. */
  problem?: RefusedError | undefined;
  isArchive = false; // the list has the archived threads
  hasMore = false;
  #list: ThreadInfo[] = [];
  #cursor: string | null = null;
  #reads = 0; // of the list; only the latest counts
  #listeners = new Set<() => void>();
  #threads = new Map<string, Thread>(); // as they were last read
  #named = new Set<string>(); // threads to which the server has a title
  #writing = new Set<string>(); // threads in which this tab shows a reply that is being written
  #gone: string[] = JSON.parse(sessionStorage.getItem(GONE) ?? "[]"); // after a reload the server may still list them
  #leaving = new Map<string, () => void>(); // deleted here, not yet at the server

  constructor() {
    void this.refresh();
    addEventListener("focus", () => void this.refresh());
    setInterval(() => document.visibilityState === "visible" && void this.refresh(), REFRESH_MS);
    addEventListener("pagehide", () => this.#leaving.forEach((leave) => leave()));
  }

  list = () => this.#list;

  onList = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Reads the list anew. */
  refresh = async () => this.#read({});

  /** Reads the list's next page. */
  more = async () => {
    if (this.#cursor) await this.#read({ cursor: this.#cursor });
  };

  showArchive(isArchive: boolean) {
    this.isArchive = isArchive;
    this.#set([]);
    void this.refresh();
  }

  async prepare(id: string) {
    await this.look(id);
  }

  /** Reads the thread, if it has changed since. */
  async look(id: string): Promise<Thread | undefined> {
    const known = this.#threads.get(id);
    const thread = await getThread(id, known?.version).catch((error: RefusedError) => {
      if (error.status === 404 && !known) return { ...NEW, threadId: id };
      throw error;
    });
    thread?.branches.reverse(); // the oldest first, as the page counts them
    if (thread) this.#threads.set(id, thread);
    return thread;
  }

  load(id: string): SavedThread {
    const thread = this.#threads.get(id);
    if (!thread) return EMPTY;
    const { state, branches, head, run, version } = thread;
    const active = Math.max(0, branches.findIndex(({ leaf }) => leaf === head));
    const shown = new Map(state.messages.map((message) => [message.id, message]));
    const leaves = (branches.length ? branches : [{ messages: [] }]).map(({ messages }) => ({
      ...state,
      messages: messages.map((id): Message => shown.get(id) ?? { id, role: "user", parts: [] }), // read when it is shown
    }));
    const kept = readJson<{ version: number; unsent: SavedThread["unsent"] }>(unsentKey(id));
    const unsent = kept?.version === version ? kept.unsent : undefined; // else the server has got it
    const running = run?.status === "running";
    const finishedId = running ? undefined : run?.runId;
    return { leaves: leaves.with(active, state), active, running, unsent, finishedId, changed: version };
  }

  copy: Threads["copy"] = (id, saved, contents, onSaved, onOther) =>
    new ServerCopy(this, id, saved.changed, contents, onSaved, onOther);

  /** Keeps what the server has not received, and shows in the list what it will hear of only later. */
  touch(id: string, title: string, { running, unsent }: Pick<SavedThread, "running" | "unsent">) {
    if (unsent) writeJson(unsentKey(id), { version: this.#threads.get(id)?.version ?? 0, unsent });
    else localStorage.removeItem(unsentKey(id));
    const entry = this.#list.find((other) => other.id === id);
    if (!entry || !!entry.running !== running) {
      const others = this.#list.filter((other) => other !== entry);
      this.#set([{ id, title: entry?.title || title, updated: Date.now(), running }, ...others]);
    }
    if (running) this.#writing.add(id); // the list may be read anew meanwhile, so it cannot tell
    else if (this.#writing.delete(id)) void this.#ended(id);
  }

  /** A reply of this tab has ended: a thread without a title gets one. */
  async #ended(id: string) {
    if (!this.#named.has(id)) await nameThread(id).catch(() => {});
    await this.refresh();
  }

  rename(id: string, title: string) {
    if (!title) return;
    this.#named.add(id);
    this.#set(this.#list.map((entry) => (entry.id === id ? { ...entry, title } : entry)));
    this.#change(id, { title });
  }

  archive(id: string, archived: boolean) {
    this.#set(this.#list.filter((entry) => entry.id !== id));
    this.#change(id, { archived });
  }

  /** What is read before the server has changed the thread would undo the change in the list. */
  #change(id: string, changes: { title?: string; archived?: boolean }) {
    this.#reads++;
    void updateThread(id, changes).then(this.refresh, this.refresh);
  }

  /** Has the server show another branch, by its index, to whoever reads the thread from then on. */
  async showBranch(id: string, leaf: number) {
    const branch = this.#threads.get(id)?.branches[leaf];
    if (branch) await updateThread(id, { head: branch.leaf }).catch(() => {});
  }

  remove(id: string) {
    const before = this.#list;
    this.#set(before.filter((entry) => entry.id !== id));
    const leave = (keepalive = true) => {
      clearTimeout(timer);
      this.#leaving.delete(id);
      this.#threads.delete(id);
      this.#gone.push(id);
      sessionStorage.setItem(GONE, JSON.stringify(this.#gone.slice(-100)));
      void deleteThread(id, keepalive).catch(this.refresh);
    };
    const timer = setTimeout(() => leave(false), UNDO_MS);
    this.#leaving.set(id, leave);
    return () => {
      clearTimeout(timer);
      this.#leaving.delete(id);
      this.#set(before);
    };
  }

  search = async (q: string) => (await listPage({ q, archived: "all" })).threads.map(toInfo);

  async #read(query: Record<string, string>) {
    const read = ++this.#reads;
    let page: Page;
    try {
      page = await listPage({ ...query, archived: String(this.isArchive) });
      this.problem = undefined;
    } catch (error) {
      this.problem = error as RefusedError;
      this.#set([...this.#list]);
      return;
    }
    if (read !== this.#reads) return; // the list has changed since, or is read anew
    this.#cursor = page.nextCursor;
    this.hasMore = page.nextCursor !== null;
    page.threads.filter(({ title }) => title).forEach(({ threadId }) => this.#named.add(threadId));
    const known = new Map(this.#list.map(({ id, title }) => [id, title])); // also of what has no title yet
    const threads = page.threads
      .filter(({ threadId }) => !this.#leaving.has(threadId) && !this.#gone.includes(threadId))
      .map((thread) => toInfo({ ...thread, title: thread.title || (known.get(thread.threadId) ?? "") }));
    this.#set(query.cursor ? [...this.#list, ...threads] : threads);
  }

  #set(list: ThreadInfo[]) {
    this.#list = list;
    this.#listeners.forEach((listener) => listener());
  }
}

const NEW: Omit<Thread, "threadId"> = {
  title: "",
  archived: false,
  lastActivityAt: "",
  version: 0,
  running: false,
  state: { messages: [] },
  run: null,
  branches: [],
  head: null,
};

const toInfo = ({ threadId, title, lastActivityAt, running }: Page["threads"][number]): ThreadInfo => ({
  id: threadId,
  title: title || t.newChat,
  updated: Date.parse(lastActivityAt),
  running,
});

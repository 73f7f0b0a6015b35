// What becomes of a thread's requests: they are answered, lost and resumed, or fail and can be sent again.

import type { AssistantRuntime, AssistantTransportCommand, SendCommandsRequestBody } from "@assistant-ui/react";
import { cancel, understand } from "../server";
import { loadThread, onThread } from "../storage";
import { branchOff, type Branches } from "./branches";
import { watchSilence } from "./silence";
import type { ChatState } from "./state";

export type Status = { kind: "fine" } | { kind: "lost" } | { kind: "key" } | { kind: "failed"; text: string };

/** A request that was sent, with the state it was sent on. */
export interface Attempt {
  before: ChatState;
  commands: AssistantTransportCommand[];
}

/** What is shown of a connection; a new object whenever it changes. */
export interface View {
  status: Status;
  running: boolean; // a run is under way, or to be resumed
  branches: Branches;
}

/** What the transport's runtime keeps beside the thread; nothing until it is mounted. */
export interface Extras {
  state: ChatState;
  sendCommand: (command: AssistantTransportCommand) => void;
}

const PAUSES = [300, 1000, 2000, 4000]; // milliseconds before each try to reconnect; the last one again and again
const NOT_RECEIVED = "Your message did not reach the server.";
const NOT_KEPT = "The connection was lost, and the rest of the reply is no longer there.";

const isEdit = (command: AssistantTransportCommand) => command.type === "add-message" && command.sourceId !== null;

export class Connection {
  view: View;
  runtime!: AssistantRuntime; // set by the component that mounts it
  #listeners = new Set<() => void>();
  attempt?: Attempt; // the last one
  finishedId?: string; // of the last run that came to its end
  #repeating = false; // an attempt that has branched off already
  #resuming: boolean;
  #runId?: string;
  #failures = 0;
  #settled = false; // by an error or by Stop, which come before onFinish
  #timer?: ReturnType<typeof setTimeout>;
  #dropping = false; // a connection from which nothing comes any more
  #unfollow: () => void;
  #followed?: ChatState; // what another tab has saved last
  changed: number; // when the state did, in milliseconds since 1970

  /** `onRunning` is called when a run has begun or ended. */
  constructor(
    readonly id: string,
    readonly onRunning: () => void,
  ) {
    const { leaves, active, running, unsent, finishedId, changed } = loadThread(id);
    this.changed = changed;
    this.#followed = leaves[active]!;
    this.view = { status: { kind: "fine" }, running, branches: { leaves, active } };
    this.#resuming = running;
    addEventListener("online", this.#online);
    addEventListener("offline", this.#drop);
    this.#unfollow = onThread(id, this.#follow);
    this.finishedId = finishedId;
    if (!unsent) return;
    this.attempt = { before: leaves[active]!, commands: unsent };
    if (!running) this.view.status = { kind: "failed", text: NOT_RECEIVED };
  }

  /** Lets go of it and of what is under way. */
  discard() {
    this.close();
    if (this.view.running) this.#cancelled();
  }

  /** Lets go of it; what is still under way goes on at the server for a while. */
  close() {
    this.#stopWaiting();
    removeEventListener("online", this.#online);
    removeEventListener("offline", this.#drop);
    this.#unfollow();
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** What was sent and has had no effect on `state` yet: nobody but this page knows of it. */
  unsent(state: ChatState | undefined): Attempt["commands"] | undefined {
    const open = this.view.running || this.view.status.kind === "failed";
    return open && this.attempt?.before === state ? this.attempt?.commands : undefined;
  }

  get extras() {
    return this.runtime.thread.getState().extras as Extras | undefined;
  }

  resume = () => {
    this.#stopWaiting();
    this.#resuming = true;
    this.runtime.thread.resumeRun({ parentId: null });
  };

  /** Sends a request again, on the state that it was sent on. */
  retry(attempt: Attempt | undefined) {
    if (this.#resuming) this.resume();
    else if (attempt) {
      this.#repeating = true;
      this.runtime.thread.importExternalState(attempt.before);
      for (const command of attempt.commands) this.extras!.sendCommand(command);
    }
  }

  /** Gives up waiting for the connection. */
  giveUp = () => {
    this.#stopWaiting();
    if (this.unsent(this.extras?.state)) this.#fail(NOT_RECEIVED);
    else this.#cancelled();
    this.#settled = true;
    this.runtime.thread.cancelRun(); // a try that is under way
  };

  /** Shows another version of an edited message: the conversation `leaf`. */
  showLeaf(leaf: number) {
    const { leaves, active } = this.view.branches;
    this.#change({ branches: { leaves: leaves.with(active, this.extras!.state), active: leaf } });
    this.runtime.thread.importExternalState(leaves[leaf]);
  }

  /** What the runtime calls on the way. */
  handlers = {
    prepareSendCommandsRequest: (body: SendCommandsRequestBody) => {
      this.#settled = this.#dropping = false;
      if (!this.#resuming) this.#begin({ before: body.state as ChatState, commands: body.commands as Attempt["commands"] });
      return this.#resuming ? { ...body, state: undefined } : body; // it may be large, and /resume has no use for it
    },

    onResponse: (response: Response) => {
      if (!response.ok) return;
      const runId = response.headers.get("X-Run-Id") ?? undefined;
      // The thread's latest run is an earlier one: what was sent since has never arrived.
      if (this.#resuming && runId === this.finishedId) throw new Error(NOT_RECEIVED);
      this.#runId = runId;
      this.#failures = 0;
      this.#change({ status: { kind: "fine" } });
      void watchSilence(response.clone(), this.#drop);
    },

    onError: (error: Error) => {
      this.#settled = true;
      const failure = understand(error);
      const away = this.#resuming && /^Status (429|5)/.test(error.message);
      if (failure.kind === "lost" || away) this.#reconnect();
      else if (failure.kind === "key") this.#change({ status: failure });
      else if (failure.kind === "gone") this.#fail(this.unsent(this.extras?.state) ? NOT_RECEIVED : NOT_KEPT);
      else this.#fail(failure.text);
    },

    onCancel: ({ error }: { error?: Error }) => {
      if (error || !this.view.running) return; // onError or giveUp has seen to it
      if (!this.#dropping) return this.#stopped();
      this.#dropping = false;
      this.#settled = true;
      this.#reconnect();
    },

    onFinish: () => {
      if (this.#settled) return;
      this.#end({ kind: "fine" });
    },
  };

  #begin(attempt: Attempt) {
    const branches = attempt.commands.some(isEdit) && !this.#repeating;
    this.attempt = attempt;
    this.#repeating = false;
    this.#runId = undefined;
    this.#change({
      status: { kind: "fine" },
      running: true,
      ...(branches && { branches: branchOff(this.view.branches, attempt.before) }),
    });
  }

  #end(status: Status) {
    this.finishedId = this.#runId ?? this.finishedId;
    this.#resuming = false;
    this.#failures = 0;
    this.#change({ status, running: false });
  }

  #fail(text: string) {
    this.#end({ kind: "failed", text });
  }

  #stopped() {
    const unsent = this.unsent(this.extras?.state);
    this.#cancelled();
    if (unsent) this.#change({ status: { kind: "failed", text: "Stopped before the server had answered." } });
  }

  #cancelled() {
    this.#settled = true;
    this.#end({ kind: "fine" });
    void cancel({ threadId: this.id, runId: this.#runId });
  }

  #reconnect() {
    this.#resuming = true;
    this.#change({ status: { kind: "lost" } });
    this.#timer = setTimeout(this.resume, PAUSES[Math.min(this.#failures++, PAUSES.length - 1)]);
  }

  /** Lets go of the connection, not of the run. */
  #drop = () => {
    if (!this.view.running || this.view.status.kind !== "fine") return;
    this.#dropping = true;
    this.runtime.thread.cancelRun();
  };

  /** Notes that the state has changed, and says whether it was by this tab. */
  noteChange(state: ChatState): boolean {
    if (state === this.#followed) return false;
    this.changed = Date.now();
    return true;
  }

  /** Shows what another tab has made of the thread. */
  #follow = () => {
    if (this.view.running || !this.extras) return;
    const { leaves, active, finishedId, changed } = loadThread(this.id);
    if (changed <= this.changed) return;
    Object.assign(this, { finishedId, changed });
    this.#followed = leaves[active]!;
    this.#change({ branches: { leaves, active } });
    this.runtime.thread.importExternalState(this.#followed);
  };

  #online = () => this.#timer !== undefined && this.resume();

  #stopWaiting() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #change(change: Partial<View>) {
    const { running } = this.view;
    this.view = { ...this.view, ...change };
    for (const listener of this.#listeners) listener();
    if (this.view.running !== running) this.onRunning();
  }
}

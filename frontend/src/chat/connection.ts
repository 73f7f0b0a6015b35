// A thread's requests: sent and answered, lost and resumed, failed and sent again.

import type { AssistantRuntime, AssistantTransportCommand, SendCommandsRequestBody } from "@assistant-ui/react";
import { cancelRun, classify } from "../server";
import { branchOff, type Branches } from "./branches";
import { ThreadCopy } from "./copy";
import { Reconnect } from "./reconnect";
import { watchSilence } from "./silence";
import type { Attempt, ChatState } from "./state";
import { loadThread } from "./threads";
import type { Extras, Status, View } from "./view";

const NOT_RECEIVED = "Your message did not reach the server.";
const NOT_KEPT = "The connection was lost, and the rest of the reply is no longer there.";
const STOPPED_EARLY = "Stopped before the server had answered.";

const isEdit = (command: AssistantTransportCommand) => command.type === "add-message" && command.sourceId !== null;

export class Connection {
  view: View;
  /** The latest request. */
  attempt?: Attempt;
  #runtime?: AssistantRuntime;
  #state?: ChatState; // the state that is rendered
  #copy: ThreadCopy;
  #listeners = new Set<() => void>();
  #resuming: boolean;
  #resending = false; // this attempt has branched off before
  #runId?: string;
  #finishedId?: string; // of the latest run that has ended
  #endHandled = false; // by an error or by Stop: the runtime calls onFinish after those too
  #disconnecting = false; // this page is closing a dead connection: the run goes on
  #reconnect = new Reconnect(() => this.resume());

  /** `onChange` is called when a run has begun or ended, and when the thread was saved. */
  constructor(
    readonly id: string,
    readonly onChange: () => void,
  ) {
    const saved = loadThread(id);
    const { leaves, active, running, unsent, finishedId } = saved;
    this.view = { status: { kind: "ok" }, running, branches: { leaves, active } };
    this.#resuming = running;
    this.#finishedId = finishedId;
    if (unsent) this.attempt = { before: leaves[active]!, commands: unsent };
    if (unsent && !running) this.view.status = { kind: "failed", text: NOT_RECEIVED };
    this.#copy = new ThreadCopy(id, saved, this.#contents, onChange, this.#follow);
    addEventListener("offline", this.#disconnect);
  }

  /** Nothing is in progress and everything is saved: the thread may be unmounted. */
  get idle() {
    return !this.view.running && !this.#copy.pending;
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  getView = () => this.view;

  /** Takes the runtime of the component that mounts this thread. */
  attach(runtime: AssistantRuntime) {
    this.#runtime = runtime;
  }

  /** Takes each state that is rendered. The first one means that the runtime is ready: an interrupted run is resumed. */
  stateChanged(state: ChatState) {
    const ready = this.#state === undefined;
    this.#state = state;
    this.#copy.stateChanged(state);
    if (ready && this.view.running) this.resume();
  }

  /** Stops listening. A run that is in progress goes on at the server for a while. */
  close() {
    this.#reconnect.close();
    this.#copy.close();
    removeEventListener("offline", this.#disconnect);
  }

  /** Stops listening, and cancels what is in progress. */
  discard() {
    this.close();
    if (this.view.running) this.#cancel();
  }

  /** The commands that `state` does not show yet: if the server has not received them, only this page knows of them. */
  unsent(state: ChatState | undefined): Attempt["commands"] | undefined {
    const unanswered = this.view.running || this.view.status.kind === "failed";
    return unanswered && this.attempt?.before === state ? this.attempt?.commands : undefined;
  }

  resume() {
    this.#reconnect.stop();
    this.#resuming = true;
    this.#thread.resumeRun({ parentId: null });
  }

  /** Resumes the run that was interrupted, else sends `attempt` again, on the state that it was sent on. */
  retry(attempt: Attempt | undefined) {
    if (this.#resuming) this.resume();
    else if (attempt) {
      this.#resending = true;
      this.#thread.importExternalState(attempt.before);
      for (const command of attempt.commands) this.#extras!.sendCommand(command);
    }
  }

  /** Stops trying to reconnect. */
  giveUp = () => {
    this.#reconnect.stop();
    if (this.unsent(this.#state)) this.#fail(NOT_RECEIVED);
    else this.#cancel();
    this.#endHandled = true;
    this.#thread.cancelRun(); // an attempt to resume that is in progress
  };

  /** Shows the branch with the index `leaf`. */
  showLeaf(leaf: number) {
    const { leaves, active } = this.view.branches;
    this.#show({ leaves: leaves.with(active, this.#state!), active: leaf });
  }

  /** What the runtime calls, in this order: the request, its response, an error or a cancellation, the end. */
  callbacks = {
    prepareSendCommandsRequest: (body: SendCommandsRequestBody) => {
      this.#endHandled = this.#disconnecting = false;
      if (this.#resuming) return { ...body, state: undefined }; // /resume ignores the state, which may be large
      this.#begin({ before: body.state as ChatState, commands: body.commands as Attempt["commands"] });
      return body;
    },

    onResponse: (response: Response) => {
      if (!response.ok) return;
      const runId = response.headers.get("X-Run-Id") ?? undefined;
      // The thread's latest run had ended before the message was sent, so the message has never arrived.
      if (this.#resuming && runId === this.#finishedId) throw new Error(NOT_RECEIVED);
      this.#runId = runId;
      this.#reconnect.reset();
      this.#change({ status: { kind: "ok" } });
      void watchSilence(response.clone(), this.#disconnect);
    },

    onError: (error: Error) => {
      this.#endHandled = true;
      const failure = classify(error);
      const unavailable = this.#resuming && /^Status (429|5)/.test(error.message);
      if (failure.kind === "lost" || unavailable) this.#lost();
      else if (failure.kind === "key-required") this.#change({ status: failure });
      else if (failure.kind === "gone") this.#fail(this.unsent(this.#state) ? NOT_RECEIVED : NOT_KEPT);
      else this.#fail(failure.text);
    },

    onCancel: ({ error }: { error?: Error }) => {
      if (error || !this.view.running) return; // onError or giveUp has handled it
      if (!this.#disconnecting) return this.#stopped();
      this.#disconnecting = false;
      this.#endHandled = true;
      this.#lost();
    },

    onFinish: () => {
      if (!this.#endHandled) this.#end({ kind: "ok" });
    },
  };

  get #thread() {
    return this.#runtime!.thread;
  }

  get #extras() {
    return this.#runtime?.thread.getState().extras as Extras | undefined;
  }

  #contents = () => {
    const { branches, running } = this.view;
    const state = this.#state;
    return state && { state, branches, running, unsent: this.unsent(state), finishedId: this.#finishedId };
  };

  #begin(attempt: Attempt) {
    const branches = attempt.commands.some(isEdit) && !this.#resending;
    this.attempt = attempt;
    this.#state = attempt.before;
    this.#resending = false;
    this.#runId = undefined;
    this.#change({
      status: { kind: "ok" },
      running: true,
      ...(branches && { branches: branchOff(this.view.branches, attempt.before) }),
    });
  }

  #end(status: Status) {
    this.#finishedId = this.#runId ?? this.#finishedId;
    this.#resuming = false;
    this.#reconnect.reset();
    this.#copy.saveSoon(); // not at once: the reply's last words are not rendered yet
    this.#change({ status, running: false });
  }

  #fail(text: string) {
    this.#end({ kind: "failed", text });
  }

  #stopped() {
    const unsent = this.unsent(this.#state);
    this.#cancel();
    if (unsent) this.#change({ status: { kind: "failed", text: STOPPED_EARLY } });
  }

  #cancel() {
    this.#endHandled = true;
    this.#end({ kind: "ok" });
    void cancelRun({ threadId: this.id, runId: this.#runId });
  }

  #lost() {
    this.#resuming = true;
    this.#change({ status: { kind: "lost" } });
    this.#reconnect.soon();
  }

  /** Closes the connection, not the run, and then reconnects. */
  #disconnect = () => {
    if (!this.view.running || this.view.status.kind !== "ok") return;
    this.#disconnecting = true;
    this.#thread.cancelRun();
  };

  /** Shows what another tab has saved of the thread. */
  #follow = () => {
    if (this.view.running || !this.#extras) return;
    const saved = this.#copy.receive();
    if (!saved) return;
    const { leaves, active, finishedId } = saved;
    this.#finishedId = finishedId;
    this.#show({ leaves, active });
  };

  /** Replaces the conversation by the active one of `branches`. */
  #show(branches: Branches) {
    this.#state = branches.leaves[branches.active]!;
    this.#change({ branches });
    this.#thread.importExternalState(this.#state);
  }

  #change(change: Partial<View>) {
    const { running, branches } = this.view;
    this.view = { ...this.view, ...change };
    if (this.view.branches !== branches || (this.view.running && !running)) this.#copy.save();
    for (const listener of this.#listeners) listener();
    if (this.view.running !== running) this.onChange();
  }
}

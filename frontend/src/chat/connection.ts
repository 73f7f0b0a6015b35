// A thread's requests: sent and answered, lost and resumed, failed and sent again.

import type { AssistantRuntime, SendCommandsRequestBody } from "@assistant-ui/react";
import { t } from "../language";
import { cancelRun, classify } from "../server";
import { Conversation } from "./conversation";
import { answeredBy, resume, type Answer } from "./questions";
import { onceOnline } from "./online";
import { Reconnect } from "./reconnect";
import { watchSilence } from "./silence";
import { lastTurn, type Attempt, type ChatState } from "./state";
import type { Status, View } from "./view";

export class Connection {
  view: View;
  /** The latest request. */
  attempt?: Attempt;
  #conversation: Conversation;
  #listeners = new Set<() => void>();
  #resuming: boolean;
  #resending = false; // the next attempt was sent before
  #runId?: string;
  #finishedId?: string; // of the latest run that has ended
  #endHandled = false; // by an error or by Stop: the runtime calls onFinish after those too
  #disconnecting = false; // this page is closing a dead connection: the run goes on
  #reconnect = new Reconnect(() => this.resume());

  /** `onChange` is called when a run has begun or ended, and when the thread was saved. */
  constructor(
    readonly id: string,
    readonly onChange: () => void,
    status: Status = { kind: "ok" },
  ) {
    const notify = () => this.#change({});
    this.#conversation = new Conversation(id, this.#progress, notify, onChange, this.#follow);
    const { saved, branches } = this.#conversation;
    this.view = { status, running: saved.running, branches, refusals: {} };
    this.#resuming = saved.running;
    this.#finishedId = saved.finishedId;
    if (saved.unsent) this.attempt = { before: branches.leaves[branches.active]!, commands: saved.unsent };
    if (saved.unsent && !saved.running) this.view.status = { kind: "failed", text: t.notReceived };
    addEventListener("offline", this.#disconnect);
  }

  /** Nothing is in progress and everything is saved: the thread may be unmounted. */
  get idle() {
    return !this.view.running && this.#conversation.isSaved;
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  getView = () => this.view;

  /** Takes the runtime of the component that mounts this thread. */
  attach(runtime: AssistantRuntime) {
    this.#conversation.attach(runtime);
  }

  /** Takes each state that is rendered. The first one means that the runtime is ready: an interrupted run is resumed. */
  stateChanged(state: ChatState) {
    if (this.#conversation.stateChanged(state) && this.view.running) this.resume();
  }

  /** Stops listening. A run that is in progress goes on at the server for a while. */
  close() {
    this.#reconnect.close();
    this.#conversation.close();
    removeEventListener("offline", this.#disconnect);
  }

  save() {
    this.#conversation.save();
  }

  /** Saves the thread a last time, stops listening, and cancels what is in progress. */
  discard() {
    this.save();
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

  /** Resumes the run that was interrupted, else sends the latest request again, on the state that it was sent on. */
  retry() {
    if (this.#resuming) return this.resume();
    const attempt = this.attempt ?? lastTurn(this.#conversation.state!, this.#thread.getState().messages);
    if (attempt) {
      this.#resending = true;
      this.#conversation.resend(attempt);
    }
  }

  /** Has the reply `id` written anew; the earlier one stays as a branch. */
  answerAnew(id: string) {
    this.#conversation.answerAnew(id);
  }

  /** Answers what waits for a person. */
  answer(id: string, answer: Answer) {
    this.#conversation.send(resume(id, answer));
  }

  /** Stops trying to reconnect. */
  giveUp = () => {
    this.#reconnect.stop();
    if (this.unsent(this.#conversation.state)) this.#fail(t.notReceived);
    else this.#cancel();
    this.#endHandled = true;
    this.#thread.cancelRun(); // an attempt to resume that is in progress
  };

  showLeaf(leaf: number) {
    this.#conversation.showLeaf(leaf);
  }

  /** What the runtime calls, in this order: the request, its response, an error or a cancellation, the end. */
  callbacks = {
    prepareSendCommandsRequest: (body: SendCommandsRequestBody) => {
      this.#endHandled = this.#disconnecting = false;
      if (this.#resuming) return { ...body, state: undefined }; // /resume ignores the state, which may be large
      this.#begin({ before: body.state as ChatState, commands: body.commands as Attempt["commands"] });
      return navigator.onLine ? body : onceOnline(body);
    },

    onResponse: (response: Response) => {
      if (!response.ok) return;
      const runId = response.headers.get("X-Run-Id") ?? undefined;
      // The thread's latest run had ended before the message was sent, so the message has never arrived.
      if (this.#resuming && runId === this.#finishedId) throw new Error(t.notReceived);
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
      else if (failure.kind === "gone") this.#fail(this.unsent(this.#conversation.state) ? t.notReceived : t.notKept);
      else if (!this.#refuse(failure)) this.#fail(failure.text);
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
    return this.#conversation.thread;
  }

  #progress = () => {
    const unsent = this.unsent(this.#conversation.state);
    return { running: this.view.running, unsent, finishedId: this.#finishedId };
  };

  #begin(attempt: Attempt) {
    this.attempt = attempt;
    this.#conversation.begin(attempt, this.#resending);
    this.#resending = false;
    this.#runId = undefined;
    this.#change({ status: { kind: "ok" }, running: true });
    this.#conversation.save();
  }

  #end(status: Status) {
    this.#finishedId = this.#runId ?? this.#finishedId;
    this.#resuming = false;
    this.#reconnect.reset();
    this.#conversation.saveSoon(); // not at once: the reply's last words are not rendered yet
    this.#change({ status, running: false });
  }

  #fail(text: string) {
    this.#end({ kind: "failed", text });
  }

  /** Shows at its question why an answer was refused; false where that is not what happened. */
  #refuse({ text, code }: { text: string; code?: string }): boolean {
    const id = answeredBy(this.attempt?.commands);
    const isFinal = code?.startsWith("approval_") === true;
    if (!id || !(isFinal || /^invalid_(decision|turn)$/.test(code ?? ""))) return false;
    this.attempt = undefined;
    this.#end({ kind: "ok" });
    this.#change({ refusals: { ...this.view.refusals, [id]: { text, isFinal } } });
    return true;
  }

  #stopped() {
    const unsent = this.unsent(this.#conversation.state);
    this.#cancel();
    if (unsent) this.#change({ status: { kind: "failed", text: t.stoppedEarly } });
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

  /** Shows what another tab or browser has done in the thread, and the reply that it waits for. */
  #follow = () => {
    const saved = this.view.running ? undefined : this.#conversation.receive();
    if (!saved) return;
    this.#finishedId = saved.finishedId ?? this.#finishedId;
    if (!saved.running) return;
    this.#change({ status: { kind: "ok" }, running: true });
    this.resume();
  };

  #change(change: Partial<View>) {
    const { running } = this.view;
    this.view = { ...this.view, branches: this.#conversation.branches, ...change };
    for (const listener of this.#listeners) listener();
    if (this.view.running !== running) this.onChange();
  }
}

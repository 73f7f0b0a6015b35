// A thread's conversation: the state that is rendered, its branches, and its copy in this browser.

import type { AssistantRuntime, AssistantTransportCommand } from "@assistant-ui/react";
import { branchOff, type Branches } from "./branches";
import { server, threads } from "./keeper";
import { isUser, type Attempt, type ChatState } from "./state";
import type { Copy, SavedThread } from "./threads";
import type { Extras } from "./view";

const isEdit = (command: AssistantTransportCommand) => command.type === "add-message" && command.sourceId !== null;

/** What is saved beside the conversation. */
type Progress = Pick<SavedThread, "running" | "unsent" | "finishedId">;

export class Conversation {
  branches: Branches;
  /** The state that is rendered; undefined until the runtime is ready. */
  state?: ChatState;
  readonly saved: SavedThread;
  #runtime?: AssistantRuntime;
  #copy: Copy;

  /** `onShow` is called when another branch is shown, `onSaved` after a save, `onOther` when another tab has saved. */
  constructor(
    id: string,
    readonly progress: () => Progress,
    readonly onShow: () => void,
    onSaved: () => void,
    onOther: () => void,
  ) {
    this.saved = threads.load(id);
    const { leaves, active } = this.saved;
    this.branches = { leaves, active };
    this.#copy = threads.copy(id, this.saved, this.#contents, onSaved, onOther);
  }

  get thread() {
    return this.#runtime!.thread;
  }

  get isSaved() {
    return !this.#copy.pending;
  }

  attach(runtime: AssistantRuntime) {
    this.#runtime = runtime;
  }

  /** Takes each state that is rendered. Returns whether it is the first: the runtime is ready then. */
  stateChanged(state: ChatState): boolean {
    const ready = this.state === undefined;
    this.state = state;
    this.#copy.stateChanged(state);
    return ready;
  }

  /** Notes that the attempt is being sent. An edit begins a branch, but not when it is sent again. */
  begin(attempt: Attempt, isResent: boolean) {
    this.state = attempt.before;
    if (attempt.commands.some(isEdit) && !isResent) this.branches = branchOff(this.branches, attempt.before);
  }

  /** Sends the attempt's commands, on the state that it was first sent on. */
  resend(attempt: Attempt) {
    if (server && this.state) return this.#sendAnew(attempt, this.state);
    this.thread.importExternalState(attempt.before);
    attempt.commands.forEach((command) => this.send(command));
  }

  /** Has the reply `id` written anew: the message before it is sent once more, as an edit that changes nothing. */
  answerAnew(id: string) {
    const { messages } = this.thread.getState();
    const reply = messages.findIndex((message) => message.id === id);
    const position = messages.findLastIndex(({ role }, index) => role === "user" && index < reply);
    if (position < 0) return;
    const { id: sourceId, content, attachments } = messages[position]!;
    const parentId = messages[position - 1]?.id ?? null;
    this.thread.append({ role: "user", content, attachments: attachments ?? [], parentId, sourceId });
  }

  /** On a thread that the server keeps: a message that it has received is sent as an edit of itself. */
  #sendAnew({ before, commands }: Attempt, { messages }: ChatState) {
    const position = messages.findIndex((message, index) => index >= before.messages.length && isUser(message));
    const received = position >= 0 && { sourceId: messages[position]!.id!, parentId: messages[position - 1]?.id ?? null };
    for (const command of commands) {
      this.send(received && command.type === "add-message" ? { ...command, ...received } : command);
    }
  }

  send(command: AssistantTransportCommand) {
    (this.thread.getState().extras as Extras).sendCommand(command);
  }

  /** Shows the branch with the index `leaf`. */
  showLeaf(leaf: number) {
    if (this.#copy.showLeaf(leaf)) return;
    const { leaves, active } = this.branches;
    this.#show({ leaves: leaves.with(active, this.state!), active: leaf });
    this.save();
  }

  /** Shows what another tab has saved and returns it, if it is newer and the runtime is ready. */
  receive(): SavedThread | undefined {
    const saved = this.state && this.#copy.receive();
    if (saved) this.#show({ leaves: saved.leaves, active: saved.active });
    return saved;
  }

  save() {
    this.#copy.save();
  }

  saveSoon() {
    this.#copy.saveSoon();
  }

  close() {
    this.#copy.close();
  }

  #show(branches: Branches) {
    this.branches = branches;
    this.state = branches.leaves[branches.active]!;
    this.onShow();
    this.thread.importExternalState(this.state);
  }

  #contents = () => this.state && { state: this.state, branches: this.branches, ...this.progress() };
}

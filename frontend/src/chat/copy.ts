// A thread's copy in this browser's storage: kept up to date by this tab, and followed when another tab saves it.

import { loadThread, onSavedByOther, saveThread } from "./browserStorage";
import { titleOf, type ChatState } from "./state";
import type { Contents, Copy, SavedThread } from "./threads";

const DELAY = 400; // milliseconds: a reply changes the state many times a second

export class ThreadCopy implements Copy {
  #received: ChatState; // the latest state that was loaded rather than made by this tab
  #changed: number;
  #written: unknown[] = [];
  #timer?: ReturnType<typeof setTimeout>;
  #closed = false;
  #stopFollowing: () => void;

  constructor(
    readonly id: string,
    { leaves, active, changed }: SavedThread,
    readonly contents: () => Contents | undefined,
    readonly onSaved: () => void,
    onOther: () => void,
  ) {
    this.#received = leaves[active]!;
    this.#changed = changed;
    this.#stopFollowing = onSavedByOther(id, onOther);
    addEventListener("pagehide", this.save);
  }

  get pending() {
    return this.#timer !== undefined;
  }

  stateChanged(state: ChatState) {
    if (state === this.#received) return;
    this.#changed = Date.now();
    this.saveSoon();
  }

  saveSoon() {
    if (!this.#closed) this.#timer ??= setTimeout(this.save, DELAY);
  }

  save = () => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#closed) this.#write();
    this.onSaved();
  };

  #write() {
    const contents = this.contents();
    const title = contents && titleOf(contents.state, contents.unsent);
    if (!title) return;
    const { state, branches, running, unsent, finishedId } = contents;
    const values = [state, branches, running, unsent, finishedId];
    if (values.every((value, index) => value === this.#written[index])) return;
    this.#written = values;
    const leaves = branches.leaves.with(branches.active, state);
    const { active } = branches;
    saveThread(this.id, title, { leaves, active, running, unsent, finishedId, changed: this.#changed });
  }

  receive(): SavedThread | undefined {
    const saved = loadThread(this.id);
    if (saved.changed <= this.#changed) return undefined;
    this.#changed = saved.changed;
    this.#received = saved.leaves[saved.active]!;
    return { ...saved, running: false }; // the other tab shows its reply
  }

  showLeaf() {
    return false;
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    removeEventListener("pagehide", this.save);
    this.#stopFollowing();
  }
}

// An open thread that the server keeps: looked at again and again, for what another browser does in it.

import { titleOf } from "./state";
import type { Contents, Copy, SavedThread } from "./threads";

const LOOK_MS = 2000;
const SAVE_MS = 400;

/** What a copy asks of the threads that the server keeps. */
interface Keeper {
  /** Reads the thread anew; undefined where nothing has changed. */
  look(id: string): Promise<unknown>;
  load(id: string): SavedThread;
  touch(id: string, title: string, progress: Pick<SavedThread, "running" | "unsent">): void;
  showBranch(id: string, leaf: number): Promise<void>;
}

export class ServerCopy implements Copy {
  #saving?: ReturnType<typeof setTimeout> | undefined;
  #timer?: ReturnType<typeof setTimeout>;
  #closed = false;

  constructor(
    readonly threads: Keeper,
    readonly id: string,
    private version: number, // of the state that is rendered
    readonly contents: () => Contents | undefined,
    readonly onSaved: () => void,
    readonly onOther: () => void,
  ) {
    this.#timer = setTimeout(this.#look, LOOK_MS);
    addEventListener("focus", this.#look);
    addEventListener("pagehide", this.save);
  }

  get pending() {
    return this.#saving !== undefined;
  }

  stateChanged() {
    this.saveSoon();
  }

  saveSoon() {
    if (!this.#closed) this.#saving ??= setTimeout(this.save, SAVE_MS);
  }

  save = () => {
    clearTimeout(this.#saving);
    this.#saving = undefined;
    const contents = this.#closed ? undefined : this.contents();
    const title = contents && titleOf(contents.state, contents.unsent);
    if (title) this.threads.touch(this.id, title, contents);
    this.onSaved();
  };

  receive() {
    const saved = this.threads.load(this.id);
    if (saved.changed <= this.version && !saved.running) return undefined;
    this.version = saved.changed;
    return saved;
  }

  showLeaf(leaf: number) {
    void this.threads.showBranch(this.id, leaf).then(this.#look);
    return true;
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#saving);
    this.#saving = undefined;
    removeEventListener("focus", this.#look);
    removeEventListener("pagehide", this.save);
  }

  /** A reply that this tab shows is left alone: it is looked at once it has ended. */
  #look = async () => {
    clearTimeout(this.#timer);
    const isFree = () => {
      const contents = this.#closed || document.visibilityState !== "visible" ? undefined : this.contents();
      return contents?.running === false && contents.state.messages.length > 0; // before its first message it is nowhere
    };
    const thread = isFree() ? await this.threads.look(this.id).catch(() => undefined) : undefined;
    if (thread && isFree()) this.onOther();
    if (!this.#closed) this.#timer = setTimeout(this.#look, LOOK_MS);
  };
}

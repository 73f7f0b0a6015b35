// What the page asks of whoever keeps its threads: this browser, or the server.

import type { Branches } from "./branches";
import type { Attempt, ChatState } from "./state";

export interface ThreadInfo {
  id: string;
  title: string;
  updated: number; // milliseconds since 1970
  renamed?: true; // its title was given by the user
  running?: boolean; // a reply is being written, here or elsewhere
}

export interface SavedThread extends Branches {
  /** A run was in progress: it is to be resumed. */
  running: boolean;
  /** The latest request, if it has not changed the state yet. */
  unsent?: Attempt["commands"] | undefined;
  /** A number that grows with every change: an older copy never replaces a newer one. */
  changed: number;
  /** The id of the latest run that has ended. */
  finishedId?: string | undefined;
}

export const EMPTY: SavedThread = { leaves: [{ messages: [] }], active: 0, running: false, changed: 0 };

/** What a copy is made of. */
export interface Contents extends Pick<SavedThread, "running" | "unsent" | "finishedId"> {
  state: ChatState;
  branches: Branches;
}

/** An open thread, as it is kept: saved while this tab changes it, and followed when another does. */
export interface Copy {
  /** Something is still to be saved. */
  readonly pending: boolean;
  /** Takes each state that is rendered. */
  stateChanged(state: ChatState): void;
  save(): void;
  saveSoon(): void;
  /** What another tab or browser has saved, if that is newer than this tab's state. */
  receive(): SavedThread | undefined;
  /** Shows another branch, by its index, as if another browser did; false where the tab has all that it needs. */
  showLeaf(leaf: number): boolean;
  /** Ends saving and following. What is pending is dropped. */
  close(): void;
}

export interface Threads {
  /** The threads, the most recently used one first: the same array until it changes. */
  list(): ThreadInfo[];
  /** Calls the listener whenever the list changes; returns what ends that. */
  onList(listener: () => void): () => void;
  /** What must be waited for before the thread can be loaded; undefined where nothing is. */
  prepare(id: string): Promise<void> | undefined;
  load(id: string): SavedThread;
  /**
   * `contents` gives what is to be saved, undefined before the thread is mounted. `onSaved` is called after each save,
   * `onOther` when another tab or browser has changed the thread.
   */
  copy(
    id: string,
    saved: SavedThread,
    contents: () => Contents | undefined,
    onSaved: () => void,
    onOther: () => void,
  ): Copy;
  rename(id: string, title: string): void;
  /** Removes the thread; returns what brings it back. */
  remove(id: string): () => void;
  /** The threads that have every word of the query in their title or texts. */
  search(query: string): Promise<ThreadInfo[]>;
}

// What a thread's components share, and the thread's copy in this browser.

import { useAuiState } from "@assistant-ui/react";
import { createContext, useContext, useEffect, useRef, useSyncExternalStore } from "react";
import { saveConversation } from "../storage";
import { Thread } from "../ui/Thread";
import type { Connection, Extras, View } from "./connection";
import { lastTurn, titleOf, type ChatState } from "./state";

interface Chat extends View {
  state: ChatState;
  connection: Connection;
  retry: () => void;
}

const Context = createContext<Chat>(undefined!);
export const useChat = () => useContext(Context);

/** Whether the thread is the one on the screen. */
export const Shown = createContext(false);

const SAVE_EVERY = 400; // milliseconds

export function Session({ connection }: { connection: Connection }) {
  const shown = useContext(Shown);
  const view = useSyncExternalStore(connection.subscribe, () => connection.view);
  const state = useAuiState((s) => (s.thread.extras as Extras | undefined)?.state);
  const messages = useAuiState((s) => s.thread.messages);
  const resumed = useRef(!view.running);

  useEffect(() => {
    if (!state || resumed.current) return;
    resumed.current = true;
    connection.resume();
  }, [state]);
  useSaving(connection, state, view);

  if (!state || !shown) return null;
  const retry = () => connection.retry(connection.attempt ?? lastTurn(state, messages));
  return (
    <Context value={{ ...view, state, connection, retry }}>
      <Thread />
    </Context>
  );
}

/** Saves the thread a moment after it has changed, and at once when it is left. */
function useSaving(connection: Connection, state: ChatState | undefined, { branches, running }: View) {
  const save = useRef(() => {});
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const saved = useRef<unknown[]>([]);
  save.current = () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    const { id, finishedId, changed } = connection;
    const unsent = connection.unsent(state);
    const title = state && titleOf(state, unsent);
    if (!title) return;
    // A tab that changed nothing must not put an old copy over what another one has saved since.
    const present = [state, branches, running, unsent, finishedId];
    if (present.every((value, index) => value === saved.current[index])) return;
    saved.current = present;
    const leaves = branches.leaves.with(branches.active, state);
    saveConversation(id, title, { leaves, active: branches.active, running, unsent, finishedId, changed });
  };
  useEffect(() => {
    if (state && connection.noteChange(state)) timer.current ??= setTimeout(() => save.current(), SAVE_EVERY);
  }, [state]);
  useEffect(() => save.current(), [running, branches]);
  useEffect(() => {
    const leave = () => save.current();
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      clearTimeout(timer.current);
    };
  }, []);
}

// The page: the threads at its side, and the one that is shown.

import { useEffect, useReducer, useState, useSyncExternalStore } from "react";
import { Chat } from "./chat/Chat";
import { Connection } from "./chat/connection";
import { Shown } from "./chat/Session";
import { loadThreads, onThreads, randomId, removeThread } from "./storage";
import { ThreadList } from "./ui/ThreadList";
import { TopBar } from "./ui/TopBar";

const connections = new Map<string, Connection>();

/** The thread in the address, so that a reload and the back button find it. */
const addressed = () => location.hash.slice(1) || randomId();

export function App() {
  const [current, setCurrent] = useState(addressed);
  const threads = useSyncExternalStore(onThreads, loadThreads);
  const [listOpen, setListOpen] = useState(false);
  const open = (id: string) => {
    setCurrent(id);
    setListOpen(false);
  };
  const create = () => open(randomId());
  const remove = (id: string) => {
    connections.get(id)?.discard();
    connections.delete(id);
    removeThread(id);
    if (id === current) create();
  };
  const running = useConnections(current);

  useEffect(() => {
    if (location.hash.slice(1) !== current) location.hash = current;
  }, [current]);
  useEffect(() => {
    const moved = () => setCurrent(addressed());
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);

  const title = threads.find((thread) => thread.id === current)?.title;
  useEffect(() => {
    document.title = title ?? "Assistant";
  }, [title]);

  return (
    <div className="flex h-full">
      <ThreadList
        {...{ threads, current, running, open, create, remove }}
        isOpen={listOpen}
        close={() => setListOpen(false)}
      />
      <main className="flex min-w-0 flex-1 flex-col">
        <TopBar title={title ?? "New chat"} showList={() => setListOpen(true)} />
        {[...connections].map(([id, connection]) => (
          <Shown key={id} value={id === current}>
            <Chat connection={connection} />
          </Shown>
        ))}
      </main>
    </div>
  );
}

/** Keeps the connection of the thread that is shown, and of those that run; returns the ids of the latter. */
function useConnections(current: string): string[] {
  const [, changed] = useReducer((count: number) => count + 1, 0);
  if (!connections.has(current)) connections.set(current, new Connection(current, changed));
  for (const [id, connection] of connections) {
    if (id !== current && !connection.view.running) {
      connection.close();
      connections.delete(id);
    }
  }
  return [...connections].filter(([, { view }]) => view.running && view.status.kind !== "key").map(([id]) => id);
}

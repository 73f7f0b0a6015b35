// The page: the list of threads, and the thread that is shown.

import { useEffect, useState, useSyncExternalStore } from "react";
import { deleteThread, newThread, showThread, useOpenThreads } from "./chat/openThreads";
import { loadThreads, onThreads } from "./chat/threads";
import { page } from "./page";
import { Chat } from "./ui/Chat";
import { ThreadList } from "./ui/ThreadList";
import { TopBar } from "./ui/TopBar";

export function App() {
  const threads = useSyncExternalStore(onThreads, loadThreads);
  const { current, connections, running } = useOpenThreads();
  const [listOpen, setListOpen] = useState(false);
  const closeList = () => setListOpen(false);
  const open = (id: string) => {
    showThread(id);
    closeList();
  };
  const create = () => {
    newThread();
    closeList();
  };
  const remove = (id: string) => {
    deleteThread(id);
    if (id === current) closeList();
  };

  const title = threads.find((thread) => thread.id === current)?.title;
  useEffect(() => {
    document.title = title ?? page.title;
  }, [title]);

  return (
    <div className="flex h-full">
      <ThreadList {...{ threads, current, running, open, create, remove }} isOpen={listOpen} close={closeList} />
      <main className="flex min-w-0 flex-1 flex-col">
        <TopBar title={title ?? "New chat"} showList={() => setListOpen(true)} />
        {connections.map((connection) => (
          <Chat key={connection.id} connection={connection} isVisible={connection.id === current} />
        ))}
      </main>
    </div>
  );
}

// The page: the list of threads, and the thread that is shown.

import { useEffect, useSyncExternalStore } from "react";
import { useOpenThreads } from "./chat/openThreads";
import { threads } from "./chat/keeper";
import { t } from "./language";
import { page } from "./page";
import { Chat } from "./ui/Chat";
import { useDrawer } from "./drawer";
import { ThreadList } from "./ui/ThreadList";
import { Unreadable } from "./ui/Unreadable";
import { TopBar } from "./ui/TopBar";

export function App() {
  const list = useSyncExternalStore(threads.onList, threads.list);
  const { current, problem, connections, running } = useOpenThreads();
  const drawer = useDrawer();
  const isElsewhere = running.some((id) => id !== current);
  const title = list.find((thread) => thread.id === current)?.title;
  useEffect(() => {
    const here = title ?? page().title;
    document.title = isElsewhere ? t.writingElsewhere(here) : here;
  }, [title, isElsewhere]);

  return (
    <div className="flex h-full">
      <ThreadList threads={list} {...{ current, running, drawer }} />
      <main className="flex min-w-0 flex-1 flex-col">
        <TopBar thread={current} title={title ?? t.newChat} showList={drawer.open} />
        {problem && !connections.some(({ id }) => id === current) && <Unreadable id={current} />}
        {connections.map((connection) => (
          <Chat key={connection.id} connection={connection} isVisible={connection.id === current} />
        ))}
      </main>
    </div>
  );
}

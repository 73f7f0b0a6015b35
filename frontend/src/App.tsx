// The page: the list of threads, and the thread that is shown.

import { useEffect, useSyncExternalStore } from "react";
import { useOpenThreads } from "./chat/openThreads";
import { loadThreads, onThreads } from "./chat/threads";
import { t } from "./language";
import { page } from "./page";
import { Chat } from "./ui/Chat";
import { useDrawer } from "./drawer";
import { ThreadList } from "./ui/ThreadList";
import { TopBar } from "./ui/TopBar";

export function App() {
  const threads = useSyncExternalStore(onThreads, loadThreads);
  const { current, connections, running } = useOpenThreads();
  const drawer = useDrawer();
  const isElsewhere = running.some((id) => id !== current);
  const title = threads.find((thread) => thread.id === current)?.title;
  useEffect(() => {
    const here = title ?? page().title;
    document.title = isElsewhere ? t.writingElsewhere(here) : here;
  }, [title, isElsewhere]);

  return (
    <div className="flex h-full">
      <ThreadList {...{ threads, current, running, drawer }} />
      <main className="flex min-w-0 flex-1 flex-col">
        <TopBar thread={current} title={title ?? t.newChat} showList={drawer.open} />
        {connections.map((connection) => (
          <Chat key={connection.id} connection={connection} isVisible={connection.id === current} />
        ))}
      </main>
    </div>
  );
}

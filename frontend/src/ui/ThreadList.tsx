// The list of threads: beside the chat on a wide screen, over it on a phone.

import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { deleteThread, newThread } from "../chat/openThreads";
import { server, threads as keeper } from "../chat/keeper";
import type { ThreadInfo } from "../chat/threads";
import type { useDrawer } from "../drawer";
import { t } from "../language";
import { Cross, Plus } from "./Icons";
import { ThreadEntry } from "./ThreadEntry";
import { Undo, type Deleted } from "./Undo";

const ServerList = lazy(async () => ({ default: (await import("./ServerList")).ServerList }));

interface Props {
  threads: ThreadInfo[];
  current: string;
  running: string[]; // ids
  drawer: ReturnType<typeof useDrawer>;
}

export function ThreadList(props: Props) {
  const { isOpen, close } = props.drawer;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const [deleted, setDeleted] = useState<Deleted>();
  const remove = ({ id, title }: ThreadInfo) => {
    setDeleted({ id, title, undo: deleteThread(id) });
    close();
  };
  return (
    <>
      <div className="hidden w-64 shrink-0 border-e border-line bg-panel md:block">
        <Contents {...props} remove={remove} />
      </div>
      <dialog
        ref={dialog}
        aria-label={t.threads}
        onClose={close}
        onClick={(event) => event.target === dialog.current && close()}
        className="h-full max-h-none w-72 max-w-[85vw] bg-panel text-ink backdrop:bg-black/50"
      >
        {isOpen && <Contents {...props} remove={remove} />}
      </dialog>
      <div role="status">
        {deleted && <Undo key={deleted.id} {...deleted} dismiss={() => setDeleted(undefined)} />}
      </div>
    </>
  );
}

function Contents({ threads, current, running, drawer, remove }: Props & { remove: (thread: ThreadInfo) => void }) {
  const [query, setQuery] = useState("");
  const found = useSearch(query.trim(), threads);
  return (
    <nav aria-label={t.threads} className="flex h-full flex-col gap-2 p-3">
      <div className="flex items-center gap-2">
        <button className="plain-button flex flex-1 items-center gap-2 bg-page !px-3 !py-2" onClick={newThread}>
          <Plus /> {t.newChat}
        </button>
        {drawer.isOpen && (
          <button className="icon-button" aria-label={t.close} onClick={drawer.close}>
            <Cross />
          </button>
        )}
      </div>
      {(threads.length > 0 || query || server) && (
        <input
          type="search"
          aria-label={t.searchChats}
          placeholder={t.searchChats}
          className="rounded-lg border border-line bg-page px-3 py-1.5 text-sm"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      )}
      <ul className="-mx-1 flex-1 space-y-0.5 overflow-y-auto px-1 pt-1">
        {(found ?? []).map((thread) => (
          <ThreadEntry
            key={thread.id}
            thread={thread}
            isCurrent={thread.id === current}
            isRunning={thread.running || running.includes(thread.id)}
            remove={() => remove(thread)}
          />
        ))}
      </ul>
      <p role="status" className="px-2 text-sm text-muted empty:hidden">
        {found?.length === 0 && query.trim() && t.noChatFound}
      </p>
      {server && (
        <Suspense>
          <ServerList server={server} />
        </Suspense>
      )}
    </nav>
  );
}

/** The threads that the query finds, `all` without one; undefined until they are known. */
function useSearch(query: string, all: ThreadInfo[]): ThreadInfo[] | undefined {
  const [found, setFound] = useState<{ query: string; threads: ThreadInfo[] }>();
  useEffect(() => {
    if (!query) return;
    let isStale = false;
    const take = (threads: ThreadInfo[]) => !isStale && setFound({ query, threads });
    const timer = setTimeout(() => void keeper.search(query).then(take, () => take([])), server ? 250 : 0);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [query, all]);
  if (!query) return all;
  return found?.threads; // those of the query before, until this one's are there
}

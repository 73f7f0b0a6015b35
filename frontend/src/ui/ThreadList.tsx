// The list of threads: beside the chat on a wide screen, over it on a phone.

import { useDeferredValue, useEffect, useRef, useState } from "react";
import { deleteThread, newThread } from "../chat/openThreads";
import { searchThreads, type ThreadInfo } from "../chat/threads";
import type { useDrawer } from "../drawer";
import { t } from "../language";
import { Cross, Plus } from "./Icons";
import { ThreadEntry } from "./ThreadEntry";
import { Undo, type Deleted } from "./Undo";

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
  const wanted = useDeferredValue(query.trim());
  const found = wanted ? searchThreads(wanted) : threads;
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
      {(threads.length > 0 || query) && (
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
        {found.map((thread) => (
          <ThreadEntry
            key={thread.id}
            thread={thread}
            isCurrent={thread.id === current}
            isRunning={running.includes(thread.id)}
            remove={() => remove(thread)}
          />
        ))}
      </ul>
      <p role="status" className="px-2 text-sm text-muted empty:hidden">
        {wanted && !found.length && t.noChatFound}
      </p>
    </nav>
  );
}

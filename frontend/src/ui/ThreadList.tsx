// The list of threads: beside the chat on a wide screen, over it on a phone.

import { useEffect, useRef } from "react";
import type { ThreadInfo } from "../chat/threads";
import { Cross, Plus, Trash } from "./Icons";

interface Props {
  threads: ThreadInfo[];
  current: string;
  running: string[];
  isOpen: boolean;
  open: (id: string) => void;
  create: () => void;
  remove: (id: string) => void;
  close: () => void;
}

export function ThreadList(props: Props) {
  const drawer = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (props.isOpen) drawer.current?.showModal();
    else drawer.current?.close();
  }, [props.isOpen]);
  return (
    <>
      <div className="hidden w-64 shrink-0 border-r border-line bg-panel md:block">
        <Contents {...props} />
      </div>
      <dialog
        ref={drawer}
        aria-label="Threads"
        onClose={props.close}
        onClick={(event) => event.target === drawer.current && props.close()}
        className="h-full max-h-none w-72 max-w-[85vw] bg-panel text-ink backdrop:bg-black/50"
      >
        {props.isOpen && <Contents {...props} />}
      </dialog>
    </>
  );
}

function Contents({ threads, current, running, isOpen, open, create, remove, close }: Props) {
  return (
    <nav aria-label="Threads" className="flex h-full flex-col gap-2 p-3">
      <div className="flex items-center gap-2">
        <button
          className="plain-button flex flex-1 items-center gap-2 bg-page !px-3 !py-2"
          onClick={create}
        >
          <Plus /> New chat
        </button>
        {isOpen && (
          <button className="icon-button" aria-label="Close" onClick={close}>
            <Cross />
          </button>
        )}
      </div>
      <ul className="-mx-1 flex-1 space-y-0.5 overflow-y-auto px-1 pt-1">
        {threads.map(({ id, title }) => (
          <li key={id} className="group relative">
            <button
              aria-current={id === current || undefined}
              onClick={() => open(id)}
              className="flex w-full items-center gap-2 rounded-lg py-2 pr-9 pl-3 text-left text-sm hover:bg-raised
                aria-[current]:bg-raised aria-[current]:font-medium"
            >
              <span className="truncate">{title}</span>
              {running.includes(id) && (
                <span role="img" aria-label="writing" className="size-2 shrink-0 animate-pulse rounded-full bg-accent" />
              )}
            </button>
            <button
              className="icon-button absolute top-0 right-0 opacity-0 group-hover:opacity-100 focus-visible:opacity-100
                pointer-coarse:opacity-100"
              aria-label={`Delete “${title}”`}
              onClick={() => remove(id)}
            >
              <Trash />
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

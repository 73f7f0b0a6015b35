// A thread in the list: it opens, and its options rename, save and delete it.

import { useId, useState, type FormEvent } from "react";
import { download, type Format } from "../chat/exporting";
import { showThread, stateOf } from "../chat/openThreads";
import { server, threads } from "../chat/keeper";
import type { ThreadInfo } from "../chat/threads";
import { t } from "../language";
import { More } from "./Icons";

interface Props {
  thread: ThreadInfo;
  isCurrent: boolean;
  isRunning: boolean;
  remove: () => void;
}

export function ThreadEntry({ thread, isCurrent, isRunning, remove }: Props) {
  const { id, title } = thread;
  const [isOpen, setOpen] = useState(false);
  const [isRenaming, setRenaming] = useState(false);
  const options = useId();
  const choose = (does: () => void) => () => {
    setOpen(false);
    does();
  };
  if (isRenaming) return <Rename thread={thread} done={() => setRenaming(false)} />;
  return (
    <li className="group" onKeyDown={(event) => event.key === "Escape" && setOpen(false)}>
      <div className="relative">
        <button
          aria-current={isCurrent || undefined}
          onClick={() => showThread(id)}
          className="flex w-full items-center gap-2 rounded-lg py-2 ps-3 pe-9 text-start text-sm hover:bg-raised
            aria-[current]:bg-raised aria-[current]:font-medium"
        >
          <span dir="auto" className="truncate">
            {title}
          </span>
          {isRunning && (
            <span role="img" aria-label={t.writing} className="size-2 shrink-0 animate-pulse rounded-full bg-accent" />
          )}
        </button>
        <button
          className="icon-button absolute end-0 top-0 opacity-0 group-hover:opacity-100 focus-visible:opacity-100
            aria-expanded:opacity-100 pointer-coarse:opacity-100"
          aria-label={t.optionsOf(title)}
          aria-expanded={isOpen}
          aria-controls={isOpen ? options : undefined}
          onClick={() => setOpen(!isOpen)}
        >
          <More />
        </button>
      </div>
      {isOpen && (
        <div id={options} className="ms-3 mb-1 border-s border-line ps-1">
          <Option label={t.rename} onClick={choose(() => setRenaming(true))} />
          <Option label={t.saveAsMarkdown} onClick={choose(() => save(thread, "markdown"))} />
          <Option label={t.saveAsJson} onClick={choose(() => save(thread, "json"))} />
          {server && (
            <Option
              label={server.isArchive ? t.moveBack : t.archive}
              onClick={choose(() => server!.archive(id, !server!.isArchive))}
            />
          )}
          <Option label={t.delete} onClick={choose(remove)} />
        </div>
      )}
    </li>
  );
}

function Option({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <button className="block w-full rounded-lg px-2 py-1.5 text-start text-sm text-muted hover:bg-raised hover:text-ink" onClick={onClick}>
      {label}
    </button>
  );
}

function Rename({ thread, done }: { thread: ThreadInfo; done: () => void }) {
  const [title, setTitle] = useState(thread.title);
  const save = (event: FormEvent) => {
    event.preventDefault();
    threads.rename(thread.id, title.trim());
    done();
  };
  return (
    <li>
      <form onSubmit={save}>
        <input
          autoFocus
          aria-label={t.title}
          dir="auto"
          maxLength={200}
          className="w-full rounded-lg border border-line bg-page px-3 py-1.5 text-sm"
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          onFocus={(event) => event.target.select()}
          onBlur={save}
          onKeyDown={(event) => event.key === "Escape" && done()}
        />
      </form>
    </li>
  );
}

const save = async ({ id, title }: ThreadInfo, format: Format) =>
  download(format, title, await stateOf(id), { you: t.you, assistant: t.assistant });

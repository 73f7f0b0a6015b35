// What the list has only where the server keeps the threads: its next page, the archive, and threads of this browser.

import { useState } from "react";
import { loadThread, loadThreads, remove } from "../chat/browserStorage";
import { createThread, RefusedError } from "../chat/serverApi";
import type { ServerThreads } from "../chat/serverThreads";
import { t } from "../language";
import { storageKey } from "../root";

const LINK = "rounded-lg px-2 py-1.5 text-start text-sm text-muted hover:bg-raised hover:text-ink";

export function ServerList({ server }: { server: ServerThreads }) {
  return (
    <div className="flex flex-col">
      {server.problem && server.problem.status !== 401 && (
        <div role="alert" className="flex items-center gap-2 px-2 text-sm text-danger">
          <span className="flex-1">{t.chatsUnreadable}</span>
          <button className="plain-button" onClick={server.refresh}>
            {t.tryAgain}
          </button>
        </div>
      )}
      {server.hasMore && (
        <button className={LINK} onClick={server.more}>
          {t.showMore}
        </button>
      )}
      <button
        className={LINK}
        aria-pressed={server.isArchive}
        onClick={() => server.showArchive(!server.isArchive)}
      >
        {server.isArchive ? t.backToChats : t.archivedChats}
      </button>
      <TakeOver server={server} />
    </div>
  );
}

const DECLINED = storageKey("threads-stay");

/** Offers, once, to move to the server what this browser has kept before the server did. */
function TakeOver({ server }: { server: ServerThreads }) {
  const [isOver, setOver] = useState(() => localStorage.getItem(DECLINED) !== null);
  const [problem, setProblem] = useState("");
  const count = loadThreads().length;
  if (isOver || count === 0) return null;
  const decline = () => {
    localStorage.setItem(DECLINED, "yes");
    setOver(true);
  };
  const accept = async () => {
    try {
      await takeOver();
      setOver(true);
    } catch (error) {
      setProblem((error as Error).message);
    }
    void server.refresh();
  };
  return (
    <div className="mt-2 rounded-lg bg-notice-soft p-3 text-sm">
      <p>{t.onlyHere(count)}</p>
      {problem && (
        <p role="alert" className="text-danger">
          {problem}
        </p>
      )}
      <div className="mt-2 flex gap-2">
        <button className="primary-button" onClick={accept}>
          {t.keepAtServer}
        </button>
        <button className="plain-button" onClick={decline}>
          {t.leaveHere}
        </button>
      </div>
    </div>
  );
}

/** A thread leaves this browser when the server has it. */
async function takeOver() {
  for (const { id, title } of loadThreads()) {
    const { leaves, active } = loadThread(id);
    await createThread({ threadId: id, title, state: leaves[active]! }).catch((error: RefusedError) => {
      if (error.status !== 409) throw error; // it has it already
    });
    remove(id);
  }
}

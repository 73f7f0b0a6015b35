// The state of the connection in plain words, and what the user can do about it.

import { useState, type FormEvent } from "react";
import { useChat } from "../chat/context";
import { server } from "../chat/keeper";
import { useOffline } from "../chat/online";
import { loadModels } from "../chat/models";
import { reopen } from "../chat/openThreads";
import { t } from "../language";
import { setApiKey } from "../storage";
import { useFileProblem } from "./Files";
import { Cross } from "./Icons";

export function Notice() {
  return (
    <>
      <FileProblem />
      <ConnectionNotice />
    </>
  );
}

function FileProblem() {
  const [problem, dismiss] = useFileProblem();
  if (!problem) return null;
  return (
    <div role="alert" className="mb-3 flex items-center gap-3 rounded-2xl bg-danger-soft px-4 py-2.5 text-sm text-danger">
      <span className="flex-1 wrap-anywhere">{problem}</span>
      <button className="icon-button" aria-label={t.dismiss} onClick={dismiss}>
        <Cross />
      </button>
    </div>
  );
}

function ConnectionNotice() {
  const { status, connection } = useChat();
  const retry = () => connection.retry();
  const offline = useOffline();
  if (status.kind === "lost" || (status.kind === "ok" && offline)) {
    return (
      <div role="status" className="mb-3 flex items-center gap-3 rounded-2xl bg-notice-soft px-4 py-2.5 text-sm">
        <span aria-hidden className="size-2 animate-pulse rounded-full bg-accent" />
        <span className="flex-1">{offline ? t.offline : t.connectionLost}</span>
        {status.kind === "lost" && (
          <button className="plain-button" onClick={connection.giveUp}>
            {t.giveUp}
          </button>
        )}
      </div>
    );
  }
  if (status.kind === "failed") {
    return (
      <div
        role="alert"
        className="mb-3 flex items-center gap-3 rounded-2xl bg-danger-soft px-4 py-2.5 text-sm text-danger"
      >
        <span className="flex-1 wrap-anywhere">{status.text}</span>
        <button className="plain-button" onClick={retry}>
          {t.tryAgain}
        </button>
      </div>
    );
  }
  return status.kind === "key-required" ? <KeyPrompt /> : null;
}

function KeyPrompt() {
  const { connection } = useChat();
  const [key, setKey] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setApiKey(key.trim());
    void loadModels();
    void server?.refresh();
    if (server && !connection.attempt) reopen(connection.id); // it could not be read without the key
    else connection.retry();
  };
  return (
    <form onSubmit={submit} className="mb-3 rounded-2xl bg-notice-soft px-4 py-3 text-sm">
      <label htmlFor="api-key">{t.keyNeeded}</label>
      <div className="mt-2 flex gap-2">
        <input
          id="api-key"
          type="password"
          autoFocus
          required
          autoComplete="off"
          value={key}
          onChange={(event) => setKey(event.target.value)}
          className="min-w-0 flex-1 rounded-full border border-line bg-page px-4 py-1.5"
        />
        <button className="primary-button">{t.continue}</button>
      </div>
    </form>
  );
}

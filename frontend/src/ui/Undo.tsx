// What was deleted, and the way back.

import { useEffect, useRef, useState } from "react";
import { t } from "../language";
import { Cross } from "./Icons";

const STAYS_MS = 15_000;

export interface Deleted {
  id: string;
  title: string;
  undo: () => void;
}

/** It takes the focus, for the button that had it is gone, and stays for a while after it has lost it. */
export function Undo({ title, undo, dismiss }: Deleted & { dismiss: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  const [isLeft, setLeft] = useState(false);
  useEffect(() => button.current?.focus(), []);
  useEffect(() => {
    if (!isLeft) return;
    const timer = setTimeout(dismiss, STAYS_MS);
    return () => clearTimeout(timer);
  });
  const bringBack = () => {
    undo();
    dismiss();
  };
  return (
    <div
      onFocus={() => setLeft(false)}
      onBlur={() => setLeft(true)}
      className="fixed inset-x-0 top-16 z-10 mx-auto flex w-fit max-w-[90vw] items-center gap-2 rounded-lg border
        border-line bg-raised py-1 ps-3 pe-1 text-sm shadow-lg"
    >
      <span className="min-w-0 flex-1 truncate">{t.wasDeleted(title)}</span>
      <button ref={button} className="plain-button" onClick={bringBack}>
        {t.undo}
      </button>
      <button className="icon-button" aria-label={t.dismiss} onClick={dismiss}>
        <Cross />
      </button>
    </div>
  );
}

// What stands in a thread's composer, kept for this tab: a reload and another thread in between do not lose it.

import { useAui, useAuiEvent } from "@assistant-ui/react";
import { useEffect } from "react";
import { storageKey } from "../root";

/** Inside the thread's provider: brings back the draft, and keeps it. */
export function useDraft(thread: string) {
  const aui = useAui();
  const key = storageKey(`draft:${thread}`);
  useEffect(() => {
    const draft = sessionStorage.getItem(key);
    if (draft && !aui.composer.getState().text) aui.composer.setText(draft);
  }, [aui, key]);
  useAuiEvent("composer.textChange", ({ text, messageId }) => {
    if (messageId !== undefined) return; // an earlier message that is edited
    if (text) sessionStorage.setItem(key, text);
    else sessionStorage.removeItem(key);
  });
}

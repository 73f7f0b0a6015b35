// The theme: light or dark as the user has chosen, else as the system is set.

import { useSyncExternalStore } from "react";
import { storageKey } from "./root";

const KEY = storageKey("theme");
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

const isDark = () => (localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light")) === "dark";

function subscribe(listener: () => void) {
  listeners.add(listener);
  system.addEventListener("change", listener);
  return () => {
    listeners.delete(listener);
    system.removeEventListener("change", listener);
  };
}

function toggle() {
  localStorage.setItem(KEY, isDark() ? "light" : "dark");
  applyTheme();
  listeners.forEach((listener) => listener());
}

/** Whether the page is dark, and what switches it. */
export const useTheme = (): [boolean, () => void] => [useSyncExternalStore(subscribe, isDark), toggle];

/** Puts the user's choice on the document, where the style sheet finds it. */
export function applyTheme() {
  document.documentElement.dataset.theme = localStorage.getItem(KEY) ?? "system";
}

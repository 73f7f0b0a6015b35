// Light, dark, or as the system has it.

import { useReducer, useEffect } from "react";

const KEY = "theme";
const system = matchMedia("(prefers-color-scheme: dark)");

const isDark = () => (localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light")) === "dark";

/** Whether the page is dark, and what changes that. */
export function useTheme(): [boolean, () => void] {
  const [, changed] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    system.addEventListener("change", changed);
    return () => system.removeEventListener("change", changed);
  }, []);
  const toggle = () => {
    localStorage.setItem(KEY, isDark() ? "light" : "dark");
    applyTheme();
    changed();
  };
  return [isDark(), toggle];
}

export function applyTheme() {
  document.documentElement.dataset.theme = localStorage.getItem(KEY) ?? "system";
}

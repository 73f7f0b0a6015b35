// The page's sentences, in the browser's language: `t.send` is what the button says.

import { en, type Texts } from "./language/en";
import { language, type Language } from "./language/locale";

const FILES: Record<Exclude<Language, "en">, () => Promise<Texts>> = {
  de: async () => (await import("./language/de")).de,
  fr: async () => (await import("./language/fr")).fr,
  ar: async () => (await import("./language/ar")).ar,
};

export let t: Texts = en;

/** Loads the language, and tells the document what it is and how it runs. To be awaited before anything is rendered. */
export async function applyLanguage() {
  if (language !== "en") t = await FILES[language]().catch(() => en); // offline, or the server has a newer page by now
  document.documentElement.lang = t === en ? "en" : language;
  document.documentElement.dir = t.direction;
}

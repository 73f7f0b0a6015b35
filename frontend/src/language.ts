// The page's sentences, in the browser's language: `t.send` is what the button says.

import { ar } from "./language/ar";
import { de } from "./language/de";
import { en, type Texts } from "./language/en";
import { fr } from "./language/fr";
import { language, type Language } from "./language/locale";

const TEXTS: Record<Language, Texts> = { en, de, fr, ar };

export const t = TEXTS[language];

/** Tells the document its language and direction. */
export function applyLanguage() {
  document.documentElement.lang = language;
  document.documentElement.dir = t.direction;
}

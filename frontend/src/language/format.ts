// Numbers, dates, lists and plurals, as the page's language writes them.

import { locale } from "./locale";

export const number = (value: number, options?: Intl.NumberFormatOptions) =>
  new Intl.NumberFormat(locale, options).format(value);

/** The names, separated as the language does. */
export const list = (names: string[]) => new Intl.ListFormat(locale, { type: "unit" }).format(names);

/** The form of a sentence for `count` things; a form that the language does not use is left out. */
export const plural = (count: number, forms: Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }) =>
  forms[new Intl.PluralRules(locale).select(count)] ?? forms.other;

// Which language the page speaks: the first of the browser's that has a file here, else English.

const LANGUAGES = ["en", "de", "fr", "ar"] as const;
export type Language = (typeof LANGUAGES)[number];

const languageOf = (tag: string) => LANGUAGES.find((language) => language === tag.split("-", 1)[0]!.toLowerCase());

/** With its region, as `de-CH`: numbers and dates go by it. */
export const locale = navigator.languages.find(languageOf) ?? "en";
export const language = languageOf(locale)!;

// What the server's settings say of the page: PAGE_TITLE and the like. What they leave empty is in the page's language.

import { t } from "./language";

interface Page {
  title: string;
  heading: string;
  welcome: string;
  prompts: string[];
  hasModels: boolean; // the user may choose a model
  logo: string; // its address, empty without one
}

const said: Partial<Page> & { threads?: boolean } = JSON.parse(document.getElementById("page")?.textContent ?? "{}");

/** Whether the server keeps the threads. */
export const keepsThreads = said.threads === true;

/** To be called once the language is loaded. */
export const page = (): Page => ({
  title: said.title || t.assistant,
  heading: said.heading || t.heading,
  welcome: said.welcome || t.welcome,
  prompts: said.prompts?.length ? said.prompts : t.prompts,
  logo: said.logo || "",
  hasModels: said.hasModels === true,
});

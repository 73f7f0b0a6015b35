// What the server's settings say of the page: PAGE_TITLE and the like. What they leave empty is in the page's language.

import { t } from "./language";

interface Page {
  title: string;
  heading: string;
  welcome: string;
  prompts: string[];
}

const { title, heading, welcome, prompts }: Partial<Page> = JSON.parse(document.getElementById("page")?.textContent ?? "{}");

export const page: Page = {
  title: title || t.assistant,
  heading: heading || t.heading,
  welcome: welcome || t.welcome,
  prompts: prompts?.length ? prompts : t.prompts,
};

// What the server's settings say of the page: PAGE_TITLE and the like. What they leave empty is in the page's language.

import { t } from "./language";

interface Page {
  title: string;
  heading: string;
  welcome: string;
  prompts: string[];
  logo: string; // its address, empty without one
}

const { title, heading, welcome, prompts, logo }: Partial<Page> = JSON.parse(document.getElementById("page")?.textContent ?? "{}");

export const page: Page = {
  title: title || t.assistant,
  heading: heading || t.heading,
  welcome: welcome || t.welcome,
  prompts: prompts?.length ? prompts : t.prompts,
  logo: logo || "",
};

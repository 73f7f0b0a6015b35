// What the server's settings say of the page: PAGE_TITLE and the like. `npm run dev` has the defaults here.

interface Page {
  title: string;
  heading: string;
  welcome: string;
  prompts: string[];
}

const DEFAULTS: Page = { title: "Assistant", heading: "What can I do for you?", welcome: "", prompts: [] };

export const page: Page = { ...DEFAULTS, ...JSON.parse(document.getElementById("page")?.textContent ?? "{}") };

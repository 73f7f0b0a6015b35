// The path under which the page is served (ROOT_PATH), empty at a host's root.

export const ROOT = document.documentElement.dataset.root ?? "";

/** The key of what this page keeps in the browser's storage, which it shares with pages under the host's other paths. */
export const storageKey = (name: string) => ROOT + name;

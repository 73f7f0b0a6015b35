// What React needs of a browser. To be imported before React: it looks for a document when it is loaded.
// fetch, streams and AbortController stay Node's own: the sockets of these tests are real.

import { Window } from "happy-dom";

// The converters say which part they do not know only in development.
process.env.NODE_ENV ??= "development";

const window = new Window({ url: "http://localhost:3000" });
globalThis.window = window;
for (const name of ["document", "navigator", "Node", "Element", "HTMLElement", "MutationObserver"]) {
  // Newer Nodes have a read-only navigator of their own.
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
}

const logged = [];
for (const level of ["warn", "error"]) {
  const print = console[level];
  console[level] = (...args) => {
    logged.push(args.map(String).join(" "));
    print.apply(console, args);
  };
}

/** What the client has logged as a warning or an error since the last call. It drops bad frames with no more than that. */
export const takeLogged = () => logged.splice(0);

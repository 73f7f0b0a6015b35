// The parts of a browser that React needs. Import it before React, which looks for a document on import.
// fetch, streams and AbortController stay Node's own: these tests use real sockets.

import { Window } from "happy-dom";

// Only in development do the converters report parts of an unknown type.
process.env.NODE_ENV ??= "development";

const window = new Window({ url: "http://localhost:3000" });
globalThis.window = window;
for (const name of ["document", "navigator", "Node", "Element", "HTMLElement", "MutationObserver"]) {
  // Newer versions of Node have a read-only navigator.
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

/** The client's warnings and errors since the last call. A warning is all it says about a frame that it drops. */
export const takeLogged = () => logged.splice(0);

// Every combination of encoding and layout; each test runs in all of them.

import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { mount } from "./client.js";
import { startServer } from "./server.js";

const VARIANTS = [
  { name: "parts, data-stream", layout: "parts", protocol: "data-stream" },
  {
    name: "parts, assistant-transport by the Accept header",
    layout: "parts",
    protocol: "assistant-transport",
    headers: { Accept: "text/event-stream" },
  },
  {
    name: "parts, assistant-transport without an Accept header",
    layout: "parts",
    protocol: "assistant-transport",
    env: { ASSISTANT_PROTOCOL: "assistant-transport" },
  },
  {
    name: "langchain, data-stream, as upstream's example was",
    layout: "langchain",
    protocol: "data-stream",
    env: { ASSISTANT_MESSAGE_FORMAT: "langchain" },
  },
  {
    name: "langchain, assistant-transport without an Accept header, as upstream's example is",
    layout: "langchain",
    protocol: "assistant-transport",
    env: { ASSISTANT_MESSAGE_FORMAT: "langchain", ASSISTANT_PROTOCOL: "assistant-transport" },
  },
];

/**
 * Defines tests for every variant by `define({ layout, protocol, server, client })`: `server()` is a server that was
 * started with `env`, and `client(test, options)` mounts a client of it. With `only`, just the variants of that layout.
 */
export function inEveryVariant(env, define, only) {
  const variants = VARIANTS.filter(({ layout }) => !only || layout === only);
  for (const { name, layout, protocol, headers, env: settings } of variants) {
    describe(name, () => {
      let server;
      before(async () => {
        server = await startServer({ ...settings, ...env });
      });
      after(async () => {
        if (!server) return;
        await server.stop();
        assert.doesNotMatch(await server.takeLog(), /traceback/i, "the server logged an exception nobody took");
      });
      const client = (test, options) => {
        const api = `${server.url}/assistant`;
        return mount(test, { api, layout, protocol, ...options, headers: { ...headers, ...options?.headers } });
      };
      define({ layout, protocol, server: () => server, client });
    });
  }
}

/** Asserts that later requests can build on this state, and that it makes a valid history for a model. */
export function assertValidState(layout, { messages }) {
  const ids = messages.map((message) => message.id);
  assert.equal(new Set(ids).size, ids.length, `ids are unique: ${ids}`);
  assert.ok(!JSON.stringify(messages).includes(":null"), "no field is null");
  if (layout !== "langchain") return;
  for (const [i, message] of messages.entries()) {
    if (message.type !== "tool") continue;
    const caller = messages.slice(0, i).findLast((earlier) => earlier.type !== "tool");
    const call = caller?.tool_calls?.find((call) => call.id === message.tool_call_id);
    assert.equal(call?.name, message.name, "a tool message stands behind its call");
  }
}

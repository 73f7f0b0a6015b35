// Both supported clients pass the same tests. What differs between them stands here, and in a table of docs/protocol.md.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { inEveryVariant } from "./variants.js";

const OLDEST = process.env.CLIENT === "oldest";
const folder = new URL(OLDEST ? "./oldest/" : "./", import.meta.url);

test("the client is the one that this run is for", async () => {
  assert.ok(import.meta.resolve("@assistant-ui/react").startsWith(new URL("node_modules/", folder).href));
  const core = JSON.parse(await readFile(new URL("node_modules/@assistant-ui/core/package.json", folder)));
  assert.equal(core.version, OLDEST ? "0.3.20" : "0.3.35");
});

inEveryVariant({}, ({ client: mounted }) => {
  test("rendered again, the newest client keeps its thread; the oldest begins an empty one", async (t) => {
    const client = mounted(t);
    await client.ask("First");
    const before = client.view;
    client.render();
    await client.until("it is rendered again", () => client.view !== before);
    assert.equal(client.messages.length, OLDEST ? 0 : 2);
  });

  test("the newest client names the thread from its first message on, and each message; the oldest does not", async (t) => {
    const client = mounted(t);
    await client.ask("First");
    await client.ask("Second");

    const threads = client.requests.map((request) => request.threadId);
    const ids = client.requests.map((request) => request.commands[0].message.id);
    assert.match(threads[1], /^__LOCALID_\w+$/);
    if (OLDEST) {
      assert.deepEqual([threads[0], ...ids], [undefined, undefined, undefined]);
    } else {
      assert.equal(threads[0], threads[1]);
      const rendered = client.messages.filter(({ role }) => role === "user").map(({ id }) => id);
      assert.deepEqual(rendered, ids, "a message keeps the id under which it was rendered at first");
    }
  });
});

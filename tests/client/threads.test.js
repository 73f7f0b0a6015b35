// The thread list of docs/clients/kept-threads.js, copied as an app copies it, in two browsers of one person.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { mount } from "./client.js";
import { PYTHON, startServer } from "./server.js";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
let server;
let useRuntime;

before(async () => {
  mkdirSync(here("build"), { recursive: true });
  copyFileSync(here("../../docs/clients/kept-threads.js"), here("build/kept-threads.js"));
  ({ useKeptThreadsRuntime: useRuntime } = await import("./build/kept-threads.js"));
  const file = join(mkdtempSync(join(tmpdir(), "threads-")), "threads.sqlite3");
  const env = { THREADS: "true", DATABASE_URL: `sqlite:///${file}`, ASSISTANT: "scripted.Scripted" };
  execFileSync(PYTHON, [here("../../manage.py"), "migrate"], {
    env: { PATH: process.env.PATH, PYTHONPATH: here("."), IGNORE_DOT_ENV: "1", ...env },
    stdio: "ignore",
  });
  server = await startServer(env);
});
after(() => server.stop());

/** A browser of the person `owner`, once it has the list. */
async function browser(test, owner) {
  const client = mount(test, { layout: "parts", useRuntime, url: server.url, headers: { "X-Client-Id": owner } });
  await client.until("the list", () => !list(client).isLoading);
  return client;
}

/** The client's list of threads. */
const list = (client) => client.aui.threads.getState();
const titles = ({ threadItems }, ids) => ids.map((id) => threadItems.find((item) => item.id === id)?.title);
const shown = (client) => titles(list(client), list(client).threadIds);
const item = (client, id) => client.aui.threads.item({ id });

test("two browsers have the same threads, and each sees what the other does", async (t) => {
  const owner = randomUUID();
  const first = await browser(t, owner);
  await first.ask("Who are you?");
  await first.until("a title", () => shown(first).includes("Who are you?"));

  const second = await browser(t, owner);
  const [id] = list(second).threadIds;
  await second.aui.threads.switchToThread(id);
  await second.until("its messages", () => second.text("assistant") === first.text("assistant"));

  await first.send("wait");
  await second.until("the reply that the other browser has asked for", () => second.text("assistant") === "I wait");
  await fetch(`${server.url}/cancel`, {
    method: "POST",
    headers: { "X-Client-Id": owner, "Content-Type": "application/json" },
    body: JSON.stringify({ threadId: list(second).threadItems.find((item) => item.id === id).remoteId }),
  });
  for (const client of [first, second]) await client.until("its end", () => !client.view.isRunning);
  await second.ask("And now?");
  await first.until("the other browser's turn", () => first.text("user") === "And now?");
  assert.equal(first.messages.length, 6);
});

test("a thread is renamed, archived and deleted at the server", async (t) => {
  const owner = randomUUID();
  const client = await browser(t, owner);
  await client.ask("one");
  await client.until("a title", () => shown(client).includes("one"));
  const [id] = list(client).threadIds;
  await item(client, id).rename("The first");
  await client.aui.threads.switchToNewThread();
  await client.ask("two");
  await client.until("both titles", () => shown(client).length === 2 && shown(client).includes("The first"));

  await item(client, id).archive();
  const other = await browser(t, owner);
  assert.deepEqual(shown(other), ["two"]);
  assert.deepEqual(titles(list(other), list(other).archivedThreadIds), ["The first"]);
  await item(other, list(other).archivedThreadIds[0]).delete();
  await item(other, list(other).threadIds[0]).delete();
  const third = await browser(t, owner);
  assert.deepEqual([list(third).threadIds, list(third).archivedThreadIds], [[], []]);
});

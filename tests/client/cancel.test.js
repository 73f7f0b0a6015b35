import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { inEveryVariantWithPages } from "./pages.js";

const WAITING = { question: "wait", text: "I wait" };

// These runs survive a closed connection: only the app's POST to /cancel ends them.
inEveryVariantWithPages(({ page, pageInReply, replayed, assertTold, cancel }) => {
  /** The client shows the reply up to the cancellation, and the server's assistant was cancelled. */
  async function assertCancelled(client) {
    assertTold(client, "I wait");
    assert.equal(client.cancellations, 1);
    await client.ask("were you cancelled?");
    assert.equal(client.text("assistant"), "Scripted answer to were you cancelled?");
  }

  test("an app cancels by its thread", async (t) => {
    const [id, threadId] = [randomUUID(), `thread of ${randomUUID()}`];
    const answers = [];
    const onCancel = () => answers.push(cancel(id, { threadId }));
    const client = await pageInReply(t, id, { ...WAITING, body: { threadId }, onCancel });
    client.thread.cancelRun();
    await client.runs(2);

    assert.deepEqual((await Promise.all(answers)).map(({ status }) => status), [202]);
    await assertCancelled(client);
  });

  test("a page that resumed a run cancels it by its id", async (t) => {
    const id = randomUUID();
    const before = await pageInReply(t, id, WAITING);
    before.unmount();

    const answers = [];
    const onCancel = () => answers.push(cancel(id, { runId: client.responses.at(-1).headers.get("x-run-id") }));
    const client = page(t, id, { onCancel });
    await client.resume();
    await replayed(client, "I wait");
    client.thread.cancelRun();
    await client.runs(1);

    assert.deepEqual((await Promise.all(answers)).map(({ status }) => status), [202]);
    await assertCancelled(client);
  });

  test("a cancelled run ends for every page, and its text so far stays", async (t) => {
    const id = randomUUID();
    const client = await pageInReply(t, id, WAITING);
    const runId = client.responses.at(-1).headers.get("x-run-id");
    assert.equal((await cancel(id, { runId })).status, 202);
    await client.runs(2);
    assertTold(client, "I wait");

    const later = page(t, id);
    await later.resume();
    await later.runs(1);
    assertTold(later, "I wait");
    assert.deepEqual(later.state, client.state);
    await later.ask("were you cancelled?");
  });

  test("another browser cannot cancel it", async (t) => {
    const [id, threadId] = [randomUUID(), `thread of ${randomUUID()}`];
    const client = await pageInReply(t, id, { ...WAITING, body: { threadId } });
    const runId = client.responses.at(-1).headers.get("x-run-id");
    for (const run of [{ threadId }, { runId }]) assert.equal((await cancel(randomUUID(), run)).status, 404);
    assert.equal(client.view.isRunning, true);

    assert.equal((await cancel(id, { runId })).status, 202);
    await client.runs(2);
    assertTold(client, "I wait");
    await client.ask("were you cancelled?");
  });
});

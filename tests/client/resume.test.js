import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { inEveryVariantWithPages, WHOLE } from "./pages.js";

/** Waits until the client has found nothing to resume. */
const foundNothing = (client) => client.until("its end", () => client.finished === 1 && !client.view.isRunning);
const newThread = () => `thread of ${randomUUID()}`;

inEveryVariantWithPages(({ server, page, pageInReply, replayed, countOn, assertTold }) => {
  test("a page that is reloaded during a reply shows it once, and follows it live to the end", async (t) => {
    const id = randomUUID();
    const before = await pageInReply(t, id);
    before.unmount();

    // Without a thread's name, the client's only running reply is found.
    const client = page(t, id, { resumeStateApi: `${server().url}/initial-state` });
    await client.resume();
    await replayed(client, "one");
    assertTold(client, "one");
    assert.equal(client.text("user"), "count");
    assert.equal(client.view.isRunning, true);
    await countOn(t, client);
    await client.runs(1);

    assertTold(client, WHOLE);
    assert.deepEqual(client.messages.map(({ id }) => id), before.messages.map(({ id }) => id));
    assert.equal(client.state.provider, "completed");
    await client.ask("Thanks");
    assert.equal(client.text("assistant"), "Scripted answer to Thanks");
  });

  test("two pages follow one reply", async (t) => {
    const id = randomUUID();
    const first = await pageInReply(t, id);
    const second = page(t, id);
    await second.resume();
    await replayed(second, "one");
    await countOn(t, first, second);
    await first.runs(2);
    await second.runs(1);

    assertTold(first, WHOLE);
    assertTold(second, WHOLE);
    assert.deepEqual(second.state, first.state);
  });

  test("without resumeStateApi a replay onto the page's own state duplicates no text", async (t) => {
    const [id, body] = [randomUUID(), { threadId: newThread() }];
    // A message is set before text is appended to it, so replaying it is harmless. This text is older than the reply: a
    // replay that included it would append it again.
    const before = await pageInReply(t, id, { body, initialState: { messages: [], counted: "" } });
    await before.until("the text in the state", () => before.state.counted === "one");
    before.unmount();

    const client = page(t, id, { resumeStateApi: undefined, body, initialState: before.state });
    await client.until("what it has already", () => client.text("assistant") === "one");
    await client.resume();
    await client.until("the response", () => client.responses.length === 1);
    await countOn(t, client);
    await client.runs(1);

    assert.equal(client.requests[0].threadId, body.threadId);
    assert.equal(client.state.counted, WHOLE);
    assertTold(client, WHOLE);
  });

  test("a page finds its own thread's reply, not a later one in another thread", async (t) => {
    const [id, body] = [randomUUID(), { threadId: newThread() }];
    const before = await pageInReply(t, id, { body });
    before.unmount();
    await page(t, id, { body: { threadId: newThread() } }).ask("Later");

    const query = new URLSearchParams(body);
    const client = page(t, id, { resumeStateApi: `${server().url}/initial-state?${query}`, body });
    await client.resume();
    await replayed(client, "one");
    await countOn(t, client);
    await client.runs(1);

    assertTold(client, WHOLE);
  });

  test("a reply that ended before the reload is replayed completely", async (t) => {
    const id = randomUUID();
    const before = page(t, id);
    await before.ask("Hello");
    await before.ask("And again");
    before.unmount();

    const client = page(t, id);
    await client.resume();
    await client.runs(1);

    assertTold(client, "Scripted answer to And again");
    assert.deepEqual(client.state, before.state);
  });

  test("a reply that ended while no page was open is replayed completely", async (t) => {
    const id = randomUUID();
    const before = await pageInReply(t, id);
    before.unmount();
    await countOn(t);

    const client = page(t, id);
    await client.resume();
    await client.runs(1);

    assertTold(client, WHOLE);
    assert.equal(client.state.provider, "completed");
  });

  test("with nothing to resume the page works as usual", async (t) => {
    const client = page(t, randomUUID());
    await client.resume();
    await foundNothing(client);

    assert.equal(client.responses.length, 0);
    assert.deepEqual(client.messages, []);
    await client.ask("Hello");
    assert.equal(client.text("assistant"), "Scripted answer to Hello");
  });

  test("without resumeStateApi and with nothing to resume, an error leaves the page unchanged", async (t) => {
    const options = { resumeStateApi: undefined, body: { threadId: newThread() } };
    const client = page(t, randomUUID(), options);
    await client.ask("Hello");
    const other = page(t, randomUUID(), { ...options, initialState: client.state });
    await other.resume();
    await other.runs(1);

    assert.match(other.takeErrors().join(), /^Status 404: .*no such run/);
    assert.deepEqual(other.state, client.state);
    await other.ask("Carry on");
    assertTold(other, "Scripted answer to Carry on");
  });

  test("another browser sees nothing of a reply, even if it knows its thread and its id", async (t) => {
    const body = { threadId: newThread() };
    const client = await pageInReply(t, randomUUID(), { body });
    const runId = client.responses.at(-1).headers.get("x-run-id");
    assert.ok(runId);

    const stranger = randomUUID();
    const query = new URLSearchParams(body);
    for (const resumeStateApi of [`${server().url}/initial-state`, `${server().url}/initial-state?${query}`]) {
      const other = page(t, stranger, { resumeStateApi, body });
      await other.resume();
      await foundNothing(other);
      assert.equal(other.responses.length, 0);
      assert.deepEqual(other.messages, []);
    }
    const other = page(t, stranger, { resumeStateApi: undefined, body: { ...body, runId } });
    await other.resume();
    await other.runs(1);
    assert.match(other.takeErrors().join(), /^Status 404: /);
    assert.deepEqual(other.messages, []);

    await countOn(t, client);
    await client.runs(2);
    assertTold(client, WHOLE);
  });
});

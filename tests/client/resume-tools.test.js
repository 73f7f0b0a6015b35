import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { inEveryVariantWithPages } from "./pages.js";
import { weather } from "./toolkit.js";
import { assertValidState } from "./variants.js";

const PARIS = '{"city": "Paris"}';

inEveryVariantWithPages(({ layout, page, pageInReply, replayed, goOn }) => {
  /** Asserts that the client renders a tool call without a result. */
  function assertPending(client) {
    const [call, ...others] = client.messages[3].content.filter((part) => part.type === "tool-call");
    assert.deepEqual(others, []);
    assert.deepEqual([call.toolName, call.argsText, call.result], ["get_weather", PARIS, undefined]);
  }

  const argsText = (client) => client.parts("assistant", "tool-call")[0]?.argsText;

  const withoutState = { resumeStateApi: undefined, body: { threadId: "of the tools" } };
  for (const [how, options] of [["from a state", {}], ["onto what the page has", withoutState]]) {
    test(`a call without a result that is replayed ${how} does not run again`, async (t) => {
      const id = randomUUID();
      const first = weather(() => new Promise(() => {}));
      const before = await pageInReply(t, id, { ...options, question: "call", text: "I call", toolkit: first.toolkit });
      await before.until("the tool is called", () => first.calls.length === 1);
      before.unmount();

      const { toolkit, calls } = weather(() => "purple");
      const client = page(t, id, { ...options, toolkit });
      await client.resume();
      await client.runs(1);
      assertPending(client);
      assert.deepEqual(calls, []);

      await client.ask("Thanks");
      assert.equal(client.text("assistant"), "Scripted answer to Thanks");
      assertPending(client);
      assert.deepEqual(calls, []);
      assert.deepEqual(client.commands, [[], ["add-message"]]);
      assert.equal(first.calls.length, 1);
      assertValidState(layout, client.state);
    });
  }

  test("a replayed call does not run when the run ends later either", async (t) => {
    const id = randomUUID();
    const first = weather(() => "green");
    const before = await pageInReply(t, id, { question: "call before", text: "I call", toolkit: first.toolkit });
    await before.until("the call", () => argsText(before) === PARIS);
    before.unmount();

    const { toolkit, calls } = weather(() => "purple");
    const client = page(t, id, { toolkit });
    await client.resume();
    await replayed(client, "I call");
    assertPending(client);
    assert.equal(client.view.isRunning, true);
    await goOn(t);
    await client.runs(1);

    await client.ask("Thanks");
    assert.equal(client.text("assistant"), "Scripted answer to Thanks");
    assertPending(client);
    assert.deepEqual([...first.calls, ...calls], []);
    assert.deepEqual(client.commands, [[], ["add-message"]]);
    assertValidState(layout, client.state);
  });

  for (const [question, when] of [["call after", "begins"], ["call around", "is completed"]]) {
    test(`a call that ${when} after the replay runs once, and its result is answered`, async (t) => {
      const id = randomUUID();
      const first = weather(() => "green");
      const before = await pageInReply(t, id, { question, text: "I call", toolkit: first.toolkit });
      before.unmount();

      const { toolkit, calls } = weather(({ city }) => `purple in ${city}`);
      const client = page(t, id, { toolkit });
      await client.resume();
      await replayed(client, "I call");
      assert.notEqual(argsText(client), PARIS);
      await goOn(t);
      await client.runs(2);

      assert.deepEqual(calls, [{ city: "Paris" }]);
      assert.deepEqual(client.commands, [[], ["add-tool-result"]]);
      assert.match(client.text("assistant"), /Scripted answer to purple in Paris$/);
      await client.ask("Thanks");
      assert.equal(client.text("assistant"), "Scripted answer to Thanks");
      assert.equal(calls.length, 1);
      assert.deepEqual(client.commands, [[], ["add-tool-result"], ["add-message"]]);
      assert.deepEqual(first.calls, []);
      assertValidState(layout, client.state);
    });
  }
});

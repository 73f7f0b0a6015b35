import assert from "node:assert/strict";
import { test } from "node:test";
import { assertValidState, inEveryVariant } from "./variants.js";

inEveryVariant({ ASSISTANT: "scripted.Scripted" }, ({ layout, server, client: mounted }) => {
  test("an assistant's exception shows the user a neutral sentence, and logs a traceback", async (t) => {
    const client = mounted(t);
    await client.ask("fail");

    const [message, ...others] = client.takeErrors();
    assert.deepEqual(others, []);
    const [, id] = message.match(/^The assistant failed\. .*\(Error (\w+)\)$/);
    const log = await server().takeLog(new RegExp(`${id}.*\\n`));
    assert.match(log, /secret detail/);
    assert.doesNotMatch(JSON.stringify([message, client.state]), /secret detail/);
    assert.equal(client.text("user"), "fail");
    assert.equal(client.text("assistant"), "partial");
    assert.equal(client.state.provider, "error");
    assert.equal(client.view.isRunning, false);

    await client.ask("carry on");
    assert.equal(client.text("assistant"), "Scripted answer to carry on");
    assert.equal(client.state.provider, "completed");
    assertValidState(layout, client.state);
  });

  test("a refused request shows the reason", async (t) => {
    const client = mounted(t, { body: { system: 5 } });
    await client.ask("hello");

    const [message, ...others] = client.takeErrors();
    assert.deepEqual(others, []);
    assert.match(message, /^Status 400: .*system/);
    assert.equal(client.responses[0].status, 400);
  });
});

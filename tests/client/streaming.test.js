import assert from "node:assert/strict";
import { test } from "node:test";
import { assertValidState, inEveryVariant } from "./variants.js";

inEveryVariant({ ASSISTANT: "scripted.Scripted" }, ({ layout, client: mounted }) => {
  test("each piece is rendered before the assistant writes the next", async (t) => {
    const [client, other] = [mounted(t), mounted(t)];
    await client.send("count");
    for (const text of ["one", "one two", "one two three"]) {
      await client.until(text, () => client.text("assistant") === text);
      assert.equal(client.view.isRunning, true);
      await other.ask("go on");
    }
    await client.runs(1);

    assert.equal(client.text("assistant"), "one two three");
    assert.equal(client.state.provider, "completed");
  });

  // Without X-Client-Id nobody can resume these runs: they end with their connection.
  test("a cancelled reply keeps its text so far, the server is told, and the next one works", async (t) => {
    const client = mounted(t);
    await client.send("wait");
    // The assistant is not finished: this text was streamed.
    await client.until("the first text", () => client.text("assistant") === "I wait");
    assert.equal(client.view.isRunning, true);
    client.thread.cancelRun();
    await client.runs(1);

    assert.equal(client.cancellations, 1);
    assert.equal(client.text("assistant"), "I wait");

    await client.ask("were you cancelled?");
    assert.equal(client.text("assistant"), "Scripted answer to were you cancelled?");
    assert.deepEqual(client.messages.map((message) => message.role), ["user", "assistant", "user", "assistant"]);
    assertValidState(layout, client.state);
  });

  test("a tool call cancelled during its arguments never runs, and the next reply works", async (t) => {
    let calls = 0;
    const parameters = { type: "object", properties: { city: { type: "string" } } };
    const get_weather = { type: "frontend", description: "The weather.", parameters, execute: () => calls++ };
    const client = mounted(t, { toolkit: { get_weather } });
    await client.send("wait in a call");
    await client.until("the call", () => client.parts("assistant", "tool-call")[0]?.argsText === '{"city": "Pa');
    client.thread.cancelRun();
    await client.runs(1);

    await client.ask("were you cancelled?");
    assert.equal(client.text("assistant"), "Scripted answer to were you cancelled?");
    assert.equal(calls, 0);
    assert.deepEqual(client.commands, [["add-message"], ["add-message"]]);
    assertValidState(layout, client.state);
  });

  test("unmounting during a reply that nobody can resume cancels it too", async (t) => {
    const client = mounted(t);
    await client.send("wait");
    await client.until("the first text", () => client.text("assistant") === "I wait");
    client.unmount();

    const next = mounted(t);
    await next.ask("were you cancelled?");
    assert.equal(next.text("assistant"), "Scripted answer to were you cancelled?");
  });
});

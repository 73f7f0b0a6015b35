import assert from "node:assert/strict";
import { test } from "node:test";
import { weather } from "./toolkit.js";
import { assertValidState, inEveryVariant } from "./variants.js";

const QUESTION = "What is the weather in Paris?";

inEveryVariant({}, ({ layout, client: mounted }) => {
  test("the client's tool runs once and its result is answered", async (t) => {
    const { toolkit, calls } = weather(async ({ city }) => ({ city, sky: "purple" }));
    const client = mounted(t, { toolkit });
    await client.ask(QUESTION, 2);

    assert.deepEqual(calls, [{ city: "Paris" }]);
    assert.deepEqual(client.commands, [["add-message"], ["add-tool-result"]]);
    assert.deepEqual(client.requests[1].commands[0].result, { city: "Paris", sky: "purple" });
    assert.equal(client.requests[0].tools.get_weather.description, "The weather in a city.");
    assert.match(client.text("assistant"), /get_weather answered: .*purple/s);
    assert.match(client.container.textContent, /get_weather answered: .*purple/s);
    const [call] = client.parts("assistant", "tool-call");
    assert.deepEqual(JSON.parse(call.argsText), { city: "Paris" });
    assert.deepEqual(call.result, { city: "Paris", sky: "purple" });
    assertValidState(layout, client.state);

    // If the client were in a loop, its requests would come before this one.
    await client.ask("Thanks");
    assert.deepEqual(client.commands, [["add-message"], ["add-tool-result"], ["add-message"]]);
    assert.equal(calls.length, 1);
    assert.match(client.text("assistant"), /“Thanks”/);
  });

  test("two questions in a row are two calls", async (t) => {
    const { toolkit, calls } = weather(({ city }) => `fair in ${city}`);
    const client = mounted(t, { toolkit });
    await client.ask(QUESTION, 2);
    await client.ask("And the weather in Rome?", 2);

    assert.deepEqual(calls, [{ city: "Paris" }, { city: "Rome" }]);
    assert.equal(client.requests.length, 4);
    assert.match(client.text("assistant"), /answered: fair in Rome/);
    assert.doesNotMatch(client.text("assistant"), /Paris/);
    assertValidState(layout, client.state);
  });

  for (const result of [null, false, 0, "", []]) {
    test(`a result of ${JSON.stringify(result)} is a result`, async (t) => {
      const { toolkit, calls } = weather(() => result);
      const client = mounted(t, { toolkit });
      await client.ask(QUESTION, 2);
      await client.ask("Thanks");

      assert.deepEqual(client.commands, [["add-message"], ["add-tool-result"], ["add-message"]]);
      assert.equal(calls.length, 1);
    });
  }

  test("a tool that throws is answered as a failure", async (t) => {
    const { toolkit, calls } = weather(() => {
      throw new Error("no satellite");
    });
    const client = mounted(t, { toolkit });
    await client.ask(QUESTION, 2);

    assert.equal(calls.length, 1);
    assert.deepEqual(client.commands, [["add-message"], ["add-tool-result"]]);
    assert.equal(client.requests[1].commands[0].isError, true);
    assert.match(client.text("assistant"), /get_weather failed: .*no satellite/s);
    const [call] = client.parts("assistant", "tool-call");
    assert.equal(call.isError, true);
    assertValidState(layout, client.state);
  });

  test("without a client tool the server answers the call itself", async (t) => {
    const client = mounted(t);
    await client.ask(QUESTION);

    assert.deepEqual(client.commands, [["add-message"]]);
    const [call] = client.parts("assistant", "tool-call");
    assert.deepEqual(JSON.parse(call.argsText), { location: "Paris" });
    assert.equal(call.result.location, "Paris");
    assert.match(client.text("assistant"), /It is -?\d+ °C and \w+ in Paris\./);
    assertValidState(layout, client.state);

    await client.ask("Thanks");
    assert.equal(client.requests.length, 2);
  });

  test("a message sent while the tool runs cancels the tool, and is answered once", async (t) => {
    let finish;
    const { toolkit, calls } = weather(() => new Promise((resolve) => (finish = resolve)));
    const client = mounted(t, { toolkit });
    await client.ask(QUESTION);
    await client.until("the tool is called", () => calls.length === 1);
    await client.ask("Never mind");
    finish("too late");
    await client.ask("Thanks");

    assert.deepEqual(client.commands, [["add-message"], ["add-tool-result", "add-message"], ["add-message"]]);
    assert.equal(client.requests[1].commands[0].isError, true);
    assert.equal(calls.length, 1);
    const roles = ["user", "assistant", "user", "assistant", "user", "assistant"];
    assert.deepEqual(client.messages.map((message) => message.role), roles);
    const [call] = client.messages[1].content.filter((part) => part.type === "tool-call");
    assert.equal(call.isError, true);
    const answer = client.messages[3].content.map((part) => part.text).join("\n");
    assert.equal(answer.match(/“Never mind”/g).length, 1, answer);
    assert.doesNotMatch(JSON.stringify(client.state), /too late/);
    assertValidState(layout, client.state);
  });

  test("a message sent before the tool call arrives leaves its result to the earlier turn", async (t) => {
    const { toolkit, calls } = weather(() => "purple");
    const client = mounted(t, { toolkit });
    await client.send(QUESTION);
    await client.until("the first request", () => client.requests.length === 1);
    client.thread.append("Hurry up");
    await client.runs(3);

    assert.equal(calls.length, 1);
    assert.deepEqual(client.commands, [["add-message"], ["add-message"], ["add-tool-result"]]);
    const [call] = client.messages[1].content.filter((part) => part.type === "tool-call");
    assert.equal(call.result, "purple");
    assert.match(client.text("assistant"), /answered: purple/);
    assertValidState(layout, client.state);
  });
});

// Upstream's example with-assistant-transport as its users have it: its options, its converter and its tool's names.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { mount } from "./client.js";
import { startServer } from "./server.js";

const QUESTION = "What's the weather like in San Francisco today?";
// The two settings that docs/protocol.md names; everything else is a default.
const SETTINGS = { ASSISTANT_MESSAGE_FORMAT: "langchain", ASSISTANT_PROTOCOL: "assistant-transport" };
const OPTIONS = {
  layout: "langchain", // its converter
  protocol: "assistant-transport", // and no Accept header
  headers: async () => ({ "Test-Header": "test-value" }),
  body: { "Test-Body": "test-value" },
};
const PARAMETERS = {
  type: "object",
  properties: {
    location: { type: "string", description: "The city to get weather for" },
    unit: { type: "string", enum: ["celsius", "fahrenheit"] },
  },
  required: ["location"],
};
const renderText = {
  running: ({ args }) => `Getting weather for ${args.location ?? "..."}`,
  complete: ({ args, result }) => `${args.location}: ${result.temperature}° ${result.unit}, ${result.condition}`,
};

describe("upstream's example", () => {
  let server;
  before(async () => {
    server = await startServer(SETTINGS);
  });
  after(() => server?.stop());

  const example = (t, get_weather) =>
    mount(t, { ...OPTIONS, api: `${server.url}/assistant`, toolkit: { get_weather: { renderText, ...get_weather } } });

  test("its card shows the server's weather, where its toolkit is compiled for the backend and sends no tools", async (t) => {
    const client = example(t, { type: "backend" });
    await client.ask(QUESTION);

    assert.deepEqual(client.requests[0].tools ?? {}, {});
    assert.match(client.container.textContent, /San Francisco: -?\d+° celsius, [a-z]+It is/);
    assert.doesNotMatch(client.container.textContent, /undefined/);
  });

  test("its card shows the weather of its own tool, where that runs in the page", async (t) => {
    const execute = async ({ location, unit = "celsius" }) => ({ location, temperature: 21, unit, condition: "sunny" });
    const client = example(t, { type: "frontend", description: "Get the weather", parameters: PARAMETERS, execute });
    await client.ask(QUESTION, 2);

    assert.deepEqual(client.commands, [["add-message"], ["add-tool-result"]]);
    assert.match(client.container.textContent, /San Francisco: 21° celsius, sunnyThe tool get_weather answered/);
    await client.ask("Thanks");
    assert.equal(client.requests.length, 3);
  });
});

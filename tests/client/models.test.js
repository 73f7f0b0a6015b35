// A conversation with a model that uses a server tool and a client tool, in each provider's format.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { mount } from "./client.js";
import { PYTHON, startServer } from "./server.js";
import { weather } from "./toolkit.js";
import { assertValidState } from "./variants.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

for (const format of ["chat", "responses", "anthropic"]) {
  for (const layout of ["parts", "langchain"]) {
    describe(`${format}, ${layout}`, () => {
      let stub;
      let server;
      before(async () => {
        stub = spawn(PYTHON, ["-m", "tests.providers", format], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
        const [settings] = await once(stub.stdout, "data");
        server = await startServer({ ...JSON.parse(settings), ASSISTANT_MESSAGE_FORMAT: layout });
      });
      after(async () => {
        await server?.stop();
        stub?.kill();
      });

      test("both tools are used, and the conversation goes on", async (t) => {
        const { toolkit, calls } = weather(async () => "purple");
        const client = mount(t, { api: `${server.url}/assistant`, layout, protocol: "data-stream", toolkit });
        await client.ask("What is it like in Paris, and 6 times 7?", 2);

        assert.deepEqual(calls, [{ city: "Paris" }]);
        assert.deepEqual(client.commands, [["add-message"], ["add-tool-result"]]);
        assert.deepEqual(client.messages.map((message) => message.role), ["user", "assistant"]);
        const [calculated, looked] = client.parts("assistant", "tool-call");
        assert.deepEqual([calculated.toolName, calculated.result], ["calculate", "42"]);
        assert.deepEqual([looked.toolName, looked.result], ["get_weather", "purple"]);
        assert.match(client.text("assistant"), /^Let me calculate\.\s+The tools said 42 and purple$/);
        assert.equal(client.parts("assistant", "reasoning").map((part) => part.text.trim()).join(" ").replace(/\s+/g, " "), "I need a number.");
        assertValidState(layout, client.state);

        await client.ask("Once more");
        assert.equal(calls.length, 1);
        assert.match(client.text("assistant"), /The tools said 42 and purple$/);
        assert.equal(client.state.provider, "completed");
        assertValidState(layout, client.state);
      });
    });
  }
}

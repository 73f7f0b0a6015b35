import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { weather } from "./toolkit.js";
import { assertValidState, inEveryVariant } from "./variants.js";

const PYTHONPATH = fileURLToPath(new URL("../fixtures", import.meta.url));

const running = (graph) => ({ ASSISTANT: `langgraph:acme.graphs:${graph}`, PYTHONPATH });

inEveryVariant(
  running("around"),
  ({ layout, client: mounted }) => {
    test("a subgraph's messages are rendered, and its other output is not", async (t) => {
      const client = mounted(t);
      await client.ask("sky Paris");
      assert.match(client.text("assistant"), /^I look\.\nThe tool said .*clear"}\.\nwhole /);
      assert.equal(client.parts("assistant", "tool-call")[0].argsText, '{"city": "Paris"}');
      assertValidState(layout, client.state);
    });
  },
  "langchain",
);

for (const graph of ["plain", "kept"]) {
  inEveryVariant(
    running(graph),
    ({ layout, client: mounted }) => {
      /** A page in a new browser, on a new thread. */
      const page = (t, options) =>
        mounted(t, { ...options, headers: { "X-Client-Id": randomUUID() }, body: { threadId: `of ${randomUUID()}` } });

      test(`${graph}: a graph's own tool and the client's, in one conversation`, async (t) => {
        const { toolkit, calls } = weather(({ city }) => `fair in ${city}`);
        const client = page(t, { toolkit });
        await client.ask("sky Paris");
        assert.deepEqual(calls, []);
        assert.equal(client.parts("assistant", "reasoning")[0].text, "Let me think.");
        const [sky] = client.parts("assistant", "tool-call");
        assert.equal(sky.argsText, '{"city": "Paris"}');
        assert.deepEqual(JSON.parse(sky.result), { city: "Paris", sky: "clear" });

        await client.ask("weather Oslo", 2);
        assert.deepEqual(calls, [{ city: "Rome" }]);
        assert.deepEqual(client.commands, [["add-message"], ["add-message"], ["add-tool-result"]]);
        assert.equal(client.requests[1].tools.get_weather.description, "The weather in a city.");
        const [mine, theirs] = client.parts("assistant", "tool-call");
        assert.equal(mine.result, "fair in Rome");
        assert.deepEqual(JSON.parse(theirs.result), { city: "Oslo", sky: "clear" });
        assert.equal(client.text("assistant"), "The tool said fair in Rome.");
        assertValidState(layout, client.state);

        await client.ask("Thanks");
        assert.equal(client.requests.length, 4);
        assert.equal(calls.length, 1);
        assert.match(client.text("assistant"), /tool:fair in Rome \| ai:The tool said fair in Rome\. \| human:Thanks/);
        assert.deepEqual(client.messages.map((message) => message.role), Array(3).fill(["user", "assistant"]).flat());
        assertValidState(layout, client.state);
      });

      test(`${graph}: an edit replaces the graph's own history too`, async (t) => {
        const client = page(t);
        await client.ask("sky Paris");
        await client.ask("Original");
        const composer = client.thread.message({ index: 2 }).composer();
        composer.beginEdit();
        composer.setText("Edited");
        composer.send();
        await client.runs(3);

        assert.deepEqual(client.messages.map((message) => message.role), ["user", "assistant", "user", "assistant"]);
        assert.match(client.text("assistant"), /human:sky Paris .* human:Edited$/);
        assert.doesNotMatch(JSON.stringify(client.state), /Original/);
        assertValidState(layout, client.state);
      });

      test(`${graph}: a message sent while the client's tool runs is answered`, async (t) => {
        let finish;
        const { toolkit, calls } = weather(() => new Promise((resolve) => (finish = resolve)));
        const client = page(t, { toolkit });
        await client.ask("weather");
        await client.until("the tool is called", () => calls.length === 1);
        await client.ask("Never mind");
        finish("too late");

        assert.deepEqual(client.commands, [["add-message"], ["add-tool-result", "add-message"]]);
        assert.match(client.text("assistant"), /human:Never mind$/);
        assert.doesNotMatch(JSON.stringify(client.state), /too late/);
        assertValidState(layout, client.state);
      });
    },
    "langchain",
  );
}

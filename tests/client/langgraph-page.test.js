import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { useApprovals, useProgress } from "./langgraph-page.js";
import { weather } from "./toolkit.js";
import { assertValidState, inEveryVariant } from "./variants.js";

const env = { PYTHONPATH: fileURLToPath(new URL("../fixtures", import.meta.url)), GRAPH_STATE: "/dev/null" };
const APPROVE = { type: "approve" };
const REJECT = { type: "reject", message: "Not him." };

/** A page on a thread of its own, as docs/langgraph.md has it; `seen` is what its panel rendered last. */
const page = (mounted, t, options) => {
  const seen = {};
  const panel = () => {
    Object.assign(seen, { approvals: useApprovals(), progress: useProgress() });
    return null;
  };
  const named = { headers: { "X-Client-Id": randomUUID() }, body: { threadId: `of ${randomUUID()}` } };
  return { client: mounted(t, { ...options, ...named, layout: "langgraph", panel }), seen };
};

test("the page is the one of the docs", async () => {
  const [docs, code] = await Promise.all(
    ["../../docs/langgraph.md", "./langgraph-page.js"].map((path) => readFile(new URL(path, import.meta.url), "utf8")),
  );
  assert.ok(docs.includes(code.slice(code.indexOf("import"))));
});

inEveryVariant(
  { ...env, ASSISTANT: "langgraph:acme.agents:approving" },
  ({ layout, client: mounted }) => {
    test("two approvals and a denial, with a tool of the client's beside them", async (t) => {
      const { toolkit, calls } = weather(({ city }) => `fair in ${city}`);
      const { client, seen } = page(mounted, t, { toolkit });
      const results = () => client.messages.flatMap(({ content }) => content).flatMap((part) => part.result ?? []);

      await client.ask("transfer ann, transfer bob");
      assert.deepEqual(seen.approvals[0].requests.map(({ args }) => args), [{ to: "ann" }, { to: "bob" }]);
      seen.approvals[0].decide([APPROVE, REJECT]);
      await client.runs(2);
      const denied = "User rejected the tool call for `transfer` with reason: Not him.";
      assert.deepEqual(results(), ["sent to ann", denied]);
      assert.deepEqual(seen.approvals, []);

      await client.ask("transfer eve, get_weather Rome");
      assert.deepEqual(results().slice(2), []);
      assert.deepEqual(seen.approvals[0].requests.map(({ args }) => args), [{ to: "eve" }]);
      seen.approvals[0].decide([APPROVE]);
      await client.until("the client's tool has been run", () => /fair in Rome$/.test(client.text("assistant")));
      assert.deepEqual(calls, [{ city: "Rome" }]);
      assert.deepEqual(results().slice(2).sort(), ["fair in Rome", "sent to eve"]);
      assertValidState(layout, client.state);
    });
  },
  "langchain",
);

inEveryVariant(
  { ...env, ASSISTANT: "langgraph:acme.agents:supervised" },
  ({ client: mounted }) => {
    test("each speaker's messages are rendered under their name", async (t) => {
      const { client } = page(mounted, t);
      await client.ask("look it up");
      const speakers = client.messages.slice(1).map(({ metadata }) => metadata.custom.name);
      assert.deepEqual(speakers, ["supervisor", "researcher", "researcher", "supervisor"]);
      assert.equal(client.messages[2].content[0].text, "I looked it up.");
    });
  },
  "langchain",
);

inEveryVariant(
  { ...env, ASSISTANT: "langgraph:acme.custom_graphs:writing" },
  ({ client: mounted }) => {
    test("custom events and messages for the UI are rendered", async (t) => {
      const { client, seen } = page(mounted, t);
      await client.ask("go");
      assert.deepEqual(seen.progress, { counted: 1 });
      const [chart] = client.parts("assistant", "data");
      assert.deepEqual([chart.name, chart.data], ["chart", { bars: [1], title: "Bars" }]);
    });
  },
  "langchain",
);

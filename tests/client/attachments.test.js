// What a reply has beside text, as the clients' own converters take it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertValidState, inEveryVariant } from "./variants.js";

inEveryVariant({ ASSISTANT: "scripted.Attaching" }, ({ layout, client: mounted }) => {
  test("sources, files, data and a preliminary result arrive", async (t) => {
    const client = mounted(t);
    await client.send("What is there about Paris?");
    const call = () => client.parts("assistant", "tool-call")[0];
    await client.until("the preliminary result", () => call()?.result?.found === 1);
    if (layout === "parts") assert.equal(call().isPreliminary, true);
    await mounted(t).ask("go on");
    await client.runs(1);

    assert.deepEqual(call().result, { found: 2 });
    assert.ok(!call().isPreliminary);
    const [file] = client.parts("assistant", "file");
    assert.deepEqual([file.data, file.mimeType, file.filename], ["AAAA", "image/png", "map.png"]);
    const { content, metadata } = client.messages.at(-1);
    const [sources, data] =
      layout === "parts"
        ? ["source", "data"].map((type) => content.filter((part) => part.type === type))
        : [metadata.custom.sources, metadata.custom.data];
    assert.deepEqual(sources.map(({ url, title }) => [url, title]), [["https://example.com/", "Example"]]);
    assert.deepEqual(data.map(({ name, data }) => [name, data]), [["chart", { bars: [1] }]]);
    assertValidState(layout, client.state);
    await client.ask("And again?"); // the state can be built on
    assert.equal(client.messages.length, 4);
  });
});

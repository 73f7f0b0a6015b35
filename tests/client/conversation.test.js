import assert from "node:assert/strict";
import { test } from "node:test";
import { assertValidState, inEveryVariant } from "./variants.js";

const PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
const CONTENT_TYPES = { "data-stream": /^text\/plain/, "assistant-transport": /^text\/event-stream/ };

inEveryVariant({}, ({ layout, protocol, client: mounted }) => {
  test("a greeting is answered", async (t) => {
    const client = mounted(t);
    await client.ask("Hello out there");

    assert.equal(client.text("user"), "Hello out there");
    assert.match(client.text("assistant"), /“Hello out there”/);
    assert.match(client.parts("assistant", "reasoning")[0].text, /3 words/);
    assert.deepEqual(client.messages.map((message) => message.role), ["user", "assistant"]);
    const articles = [...client.container.querySelectorAll("article")];
    assert.equal(articles[0].textContent, "Hello out there");
    assert.match(articles[1].textContent, /3 words.*“Hello out there”/s);

    assert.equal(client.state.provider, "completed");
    assert.equal(client.view.isRunning, false);
    assert.match(client.responses[0].headers.get("content-type"), CONTENT_TYPES[protocol]);
    assertValidState(layout, client.state);
  });

  test("the composer's message is answered, after an earlier one", async (t) => {
    const client = mounted(t);
    await client.ask("First");
    client.thread.composer().setText("Second message");
    client.thread.composer().send();
    await client.runs(2);

    assert.deepEqual(client.messages.map((message) => message.role), ["user", "assistant", "user", "assistant"]);
    assert.match(client.text("assistant"), /“Second message”/);
    assertValidState(layout, client.state);
  });

  test("an image is rendered beside the text", async (t) => {
    const client = mounted(t);
    const content = [{ type: "text", text: "Look at this" }, { type: "image", image: PIXEL }];
    await client.ask({ role: "user", content });

    assert.equal(client.text("user"), "Look at this");
    assert.equal(client.parts("user", "image")[0].image, PIXEL);
    assert.equal(client.container.querySelector("article[data-role=user] img").src, PIXEL);
    assert.match(client.text("assistant"), /“Look at this”/);
  });

  test("an image alone is answered as well", async (t) => {
    const client = mounted(t);
    await client.ask({ role: "user", content: [{ type: "image", image: PIXEL }] });

    assert.equal(client.parts("user", "image")[0].image, PIXEL);
    assert.match(client.text("assistant"), /I see no text/);
  });

  test("an edit of the first message replaces everything after it", async (t) => {
    const client = mounted(t);
    await client.ask("Original");
    await client.ask("Follow-up");
    edit(client, 0, "Edited");
    await client.runs(3);

    assert.deepEqual(client.messages.map((message) => message.role), ["user", "assistant"]);
    assert.equal(client.text("user"), "Edited");
    assert.match(client.text("assistant"), /“Edited”/);
    assert.doesNotMatch(JSON.stringify(client.state), /Original|Follow-up/);
    assertValidState(layout, client.state);
  });

  test("an edit after a turn with a tool call keeps that turn", async (t) => {
    const client = mounted(t);
    await client.ask("What is the weather in Paris?");
    const before = JSON.stringify(client.messages[1].content);
    await client.ask("Follow-up");
    edit(client, 2, "Edited");
    await client.runs(3);

    assert.deepEqual(client.messages.map((message) => message.role), ["user", "assistant", "user", "assistant"]);
    assert.equal(JSON.stringify(client.messages[1].content), before);
    assert.match(client.text("assistant"), /“Edited”/);
    assert.doesNotMatch(JSON.stringify(client.state), /Follow-up/);
    assertValidState(layout, client.state);
  });
});

function edit(client, index, text) {
  const composer = client.thread.message({ index }).composer();
  composer.beginEdit();
  composer.setText(text);
  composer.send();
}

// Browsers whose pages are closed and opened while the assistant writes.

import assert from "node:assert/strict";
import { assertValidState, inEveryVariant } from "./variants.js";

/** The assistant's whole count, which it writes word by word. */
export const WHOLE = "one two three";

const EARLIER = { question: "Hello", answer: "Scripted answer to Hello" };

// Runs go on without readers for as long as a test takes, and do not delay the server's stop.
const ENV = { ASSISTANT: "scripted.Scripted", RUN_GRACE_SECONDS: "600", DRAIN_SECONDS: "0" };

/** Like inEveryVariant; `define` also gets the functions of `pages`. */
export function inEveryVariantWithPages(define) {
  inEveryVariant(ENV, (variant) => define({ ...variant, ...pages(variant) }));
}

function pages({ layout, server, client: mounted }) {
  /** A page of the browser with this id. To the server, all pages of a browser are one client, and here one thread. */
  const page = (t, id, options) =>
    mounted(t, {
      resumeApi: `${server().url}/resume`,
      resumeStateApi: `${server().url}/initial-state?threadId=${id}`,
      body: { threadId: id },
      ...options,
      headers: { "X-Client-Id": id },
    });

  return {
    page,

    /** A page that has had an earlier turn and now renders `text`, the beginning of the reply to `question`. */
    async pageInReply(t, id, { question = "count", text = "one", ...options } = {}) {
      const client = page(t, id, options);
      await client.ask(EARLIER.question);
      await client.send(question);
      await client.until(text, () => client.text("assistant") === text);
      return client;
    },

    /** Waits until `client` has replayed the run up to `text` and is live again. */
    async replayed(client, text) {
      await client.until(`the replay of ${text}`, () => client.text("assistant") === text && !client.view.isLoading);
    },

    /** Tells the waiting assistant to continue. */
    goOn: (t) => mounted(t).ask("go on"),

    /** Has the assistant count from its first word to the end, and waits until each of `clients` renders every step. */
    async countOn(t, ...clients) {
      const other = mounted(t);
      for (const text of ["one two", WHOLE]) {
        await other.ask("go on");
        for (const client of clients) await client.until(text, () => client.text("assistant") === text);
      }
      await other.ask("go on");
    },

    /** Asserts that `client` renders the earlier turn and then `text`, and never rendered any other text. */
    assertTold(client, text) {
      assert.deepEqual(client.messages.map((message) => message.role), ["user", "assistant", "user", "assistant"]);
      assert.equal(client.messages[0].content[0].text, EARLIER.question);
      assert.equal(client.messages[1].content[0].text, EARLIER.answer);
      assert.equal(client.text("assistant"), text);
      const wrong = client.texts.filter((seen) => seen !== EARLIER.answer && !text.startsWith(seen));
      assert.deepEqual(wrong, []);
      assertValidState(layout, client.state);
    },

    /** Tells the server to stop a run, by its id or its thread, as an app does in its onCancel. */
    cancel: (id, run) =>
      fetch(`${server().url}/cancel`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Client-Id": id },
        body: JSON.stringify(run),
      }),
  };
}

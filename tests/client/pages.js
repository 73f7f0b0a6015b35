// Browsers whose pages come and go while the assistant writes.

import assert from "node:assert/strict";
import { assertValidState, inEveryVariant } from "./variants.js";

/** What the assistant counts to, word by word. */
export const WHOLE = "one two three";

const EARLIER = { question: "Hello", answer: "Scripted answer to Hello" };

// No run ends for want of a reader while a test looks on, and none holds up the server when it stops.
const ENV = { ASSISTANT: "scripted.Scripted", RUN_GRACE_SECONDS: "600", DRAIN_SECONDS: "0" };

/** As inEveryVariant; `define` gets the functions of `pages` too. */
export function inEveryVariantWithPages(define) {
  inEveryVariant(ENV, (variant) => define({ ...variant, ...pages(variant) }));
}

function pages({ layout, server, client: mounted }) {
  /** A page of the browser that `id` names: all its pages are one client to the server. */
  const page = (t, id, options) =>
    mounted(t, {
      resumeApi: `${server().url}/resume`,
      resumeStateApi: `${server().url}/initial-state`,
      ...options,
      headers: { "X-Client-Id": id },
    });

  return {
    page,

    /** A page after an earlier turn, in the middle of the reply to `question`, where it renders `text`. */
    async pageInReply(t, id, { question = "count", text = "one", ...options } = {}) {
      const client = page(t, id, options);
      await client.ask(EARLIER.question);
      await client.send(question);
      await client.until(text, () => client.text("assistant") === text);
      return client;
    },

    /** Waits until `client` is live again, behind a replay that ended in `text`. */
    async replayed(client, text) {
      await client.until(`the replay of ${text}`, () => client.text("assistant") === text && !client.view.isLoading);
    },

    /** Lets an assistant that waits go on. */
    goOn: (t) => mounted(t).ask("go on"),

    /** Lets the assistant count from its first word to the end, while `clients` follow it. */
    async countOn(t, ...clients) {
      const other = mounted(t);
      for (const text of ["one two", WHOLE]) {
        await other.ask("go on");
        for (const client of clients) await client.until(text, () => client.text("assistant") === text);
      }
      await other.ask("go on");
    },

    /** `client` renders the earlier turn and one that ends in `text`, and never rendered another beginning of it. */
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

// The npm client, mounted without a browser, with a record of what happens.

import { takeLogged } from "./dom.js";
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { createElement as h } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.js";
import { CONVERTERS } from "./layouts.js";

const PATIENCE_MS = Number(process.env.PATIENCE_MS || 60_000);

/** Mounts a client for `test` (a node:test context), which unmounts it and fails on warnings and unexpected errors. */
export function mount(test, { layout, toolkit, panel, ...options }) {
  const client = new Client();
  const root = createRoot(client.container, { onUncaughtError: client.crashed });
  client.unmount = () => root.unmount();
  test.after(() => {
    client.unmount();
    assert.deepEqual(client.takeErrors(), [], "a run failed");
    assert.deepEqual(takeLogged(), [], "the client logged warnings");
  });
  const converter = (state, connection) => ({
    ...CONVERTERS[layout](state, connection),
    // From the thread's state, since that is rendered together with the messages.
    state: { ...state, assistant: state, finished: client.finished },
  });
  client.render = () => root.render(h(App, { client, toolkit, panel, options: { converter, ...options } }));
  client.render();
  return client;
}

class Client {
  container = document.createElement("main");
  requests = []; // bodies as they were sent
  responses = [];
  errors = [];
  cancellations = 0;
  finished = 0; // number of runs
  aui = undefined;
  view = undefined; // the thread as last rendered
  texts = []; // every text that was rendered in the last assistant message
  #crash = undefined; // what rendering threw
  #news = new EventEmitter().setMaxListeners(0);

  get thread() {
    return this.aui.thread;
  }

  get messages() {
    return this.view.messages;
  }

  /** The assistant's state. */
  get state() {
    return this.view?.state?.assistant;
  }

  changed = () => this.#news.emit("change");

  rendered = (thread) => {
    this.view = thread;
    const text = this.text("assistant");
    if (text !== this.texts.at(-1)) this.texts.push(text);
    this.changed();
  };

  crashed = (error) => {
    this.#crash = error;
    this.changed();
  };

  /** The messages of the errors since the last call. */
  takeErrors() {
    return this.errors.splice(0).map((error) => error.message);
  }

  /** The rendered parts of `type` in the last message with `role`. */
  parts(role, type) {
    const message = this.messages.findLast((message) => message.role === role);
    return message?.content.filter((part) => part.type === type) ?? [];
  }

  /** The rendered text of the last message with `role`. */
  text(role) {
    return this.parts(role, "text").map((part) => part.text).join("\n").trim();
  }

  /** Waits until `condition` holds; checks again whenever the client renders or reports something. */
  async until(what, condition) {
    // Until the runtime is mounted, the thread is empty and has no state.
    const holds = () => this.state !== undefined && condition(this);
    let stop;
    await new Promise((resolve, reject) => {
      const giveUp = () => {
        const { commands, finished, state } = this;
        reject(new Error(`Never came: ${what}\n${this.errors}\n${JSON.stringify({ commands, finished, state })}`));
      };
      const look = () => {
        if (this.#crash) reject(this.#crash);
        else if (holds()) resolve();
      };
      const timer = setTimeout(giveUp, PATIENCE_MS);
      this.#news.on("change", look);
      stop = () => {
        clearTimeout(timer);
        this.#news.off("change", look);
      };
      look();
    }).finally(() => stop());
  }

  /** Waits until `count` runs since the mount have ended, none is in progress, and the outcome is rendered. */
  async runs(count) {
    await this.until(`the end of run ${count}`, () => this.view.state.finished >= count && !this.view.isRunning);
  }

  /** Sends `message`: a text, or an append message. */
  async send(message) {
    await this.until("the client is mounted", () => true);
    this.thread.append(message);
  }

  /** Sends `message` and waits until `runs` more runs have ended. */
  async ask(message, runs = 1) {
    const before = this.finished;
    await this.send(message);
    await this.runs(before + runs);
  }

  /** Resumes a run, as an app does when its page is loaded. */
  async resume() {
    await this.until("the client is mounted", () => true);
    this.thread.resumeRun({ parentId: null });
  }

  /** The types of the commands of every request. */
  get commands() {
    return this.requests.map((request) => request.commands.map((command) => command.type));
  }
}

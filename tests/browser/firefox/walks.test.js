// Five walks through the page in Firefox, by WebDriver BiDi: Playwright's Firefox does not drive Debian's.
// URL is the page's address; FIREFOX the program.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import puppeteer from "puppeteer-core";

const { URL: url, FIREFOX: executablePath } = process.env;
let browser;

before(async () => {
  browser = await puppeteer.launch({ browser: "firefox", executablePath });
});
after(() => browser?.close());

/** Tells the scripted assistant (tests/fixtures/acme/pages.py) what to reply to the message `to`, or asks it about that. */
async function script(to, type, ...steps) {
  const body = JSON.stringify({ state: null, commands: [{ type, to, ...(type === "write" && { steps }) }] });
  const response = await fetch(`${url}assistant`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  assert.equal(response.status, 200);
  await response.text();
}
const write = (to, ...steps) => script(to, "write", ...steps);
const END = { end: true };

/** Opens the page in a profile of its own; errors on its console fail the walk. */
async function open(t) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  t.after(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  await page.goto(url);
  await page.waitForSelector("textarea");
  return page;
}

async function send(page, text) {
  await page.locator("textarea").fill(text);
  await page.keyboard.press("Enter");
}

/** Waits until the messages are exactly these texts. */
async function expectMessages(page, ...texts) {
  const shown = () => [...document.querySelectorAll("[data-role]")].map((message) => message.querySelector("p")?.textContent.trim());
  try {
    await page.waitForFunction(`JSON.stringify((${shown})()) === ${JSON.stringify(JSON.stringify(texts))}`);
  } catch {
    assert.deepEqual(await page.evaluate(shown), texts);
  }
}

const expectIdle = (page) => page.waitForSelector("[role=log][aria-busy=false]");

test("a reply is shown while it streams", async (t) => {
  const page = await open(t);
  await write("Stream", { text: "Streaming is **visible** at" });
  await send(page, "Stream");
  await expectMessages(page, "Stream", "Streaming is visible at");
  await page.waitForSelector("[role=log][aria-busy=true]");
  await write("Stream", { text: " once." }, END);
  await expectIdle(page);
  await expectMessages(page, "Stream", "Streaming is visible at once.");
});

test("Stop ends the reply at the server", async (t) => {
  const page = await open(t);
  await write("Stop", { text: "One, " });
  await send(page, "Stop");
  await expectMessages(page, "Stop", "One,");
  await page.locator("aria/Stop[role=\"button\"]").click();
  await script("Stop", "await-cancelled");
  await expectIdle(page);
  assert.equal(await page.$("[role=alert]"), null);
});

test("a reload resumes the reply", async (t) => {
  const page = await open(t);
  await write("Resume", { text: "one " });
  await send(page, "Resume");
  await expectMessages(page, "Resume", "one");
  await page.reload();
  await expectMessages(page, "Resume", "one");
  await write("Resume", { text: "two" }, END);
  await expectMessages(page, "Resume", "one two");
  await expectIdle(page);
});

test("a reply goes on while another thread is shown", async (t) => {
  const page = await open(t);
  await write("slow", { text: "one " });
  await send(page, "slow");
  await expectMessages(page, "slow", "one");
  await page.locator("aria/New chat[role=\"button\"]").click();
  await expectMessages(page);
  await write("quick", { text: "Done." }, END);
  await send(page, "quick");
  await expectMessages(page, "quick", "Done.");
  await write("slow", { text: "two" }, END);
  await page.locator("aria/slow[role=\"button\"]").click();
  await expectMessages(page, "slow", "one two");
});

test("Arabic is sent and answered, and reads from right to left", async (t) => {
  const page = await open(t);
  await write("ما الطقس؟", { text: "الجو **مشمس** اليوم." }, END);
  await send(page, "ما الطقس؟");
  await expectMessages(page, "ما الطقس؟", "الجو مشمس اليوم.");
  const directions = await page.$$eval("[data-role] p", (texts) => texts.map((text) => getComputedStyle(text).direction));
  assert.deepEqual(directions, ["rtl", "rtl"]);
});

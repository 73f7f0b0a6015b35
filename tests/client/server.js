// The real server in its own process, on a free port.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
export const PYTHON = process.env.PYTHON || here("../../.venv/bin/python");
const PATIENCE_MS = 60_000;
const ATTEMPTS = 3;

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

/** Starts run_server.py with `env` as its only settings, and waits until it serves. */
export async function startServer(env = {}) {
  for (let attempt = 1; ; attempt++) {
    const server = launch(await freePort(), env);
    const problem = await server.started();
    if (!problem) return server;
    await server.stop();
    const log = await server.takeLog();
    // Another process may have taken the port before the server bound it.
    if (attempt === ATTEMPTS || !/address already in use/i.test(log)) {
      throw new Error(`The server did not start: ${problem}\n${log}`);
    }
  }
}

function launch(port, env) {
  const url = `http://127.0.0.1:${port}`;
  let log = "";
  let exit;
  const child = spawn(PYTHON, [here("../../run_server.py")], {
    env: {
      PATH: process.env.PATH,
      PYTHONPATH: here("."),
      IGNORE_DOT_ENV: "1",
      SECRET_KEY: randomBytes(48).toString("base64"),
      LOG_LEVEL: "WARNING",
      MOCK_DELAY_SECONDS: "0.005",
      ...env,
      PORT: String(port),
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  running.add(child);
  child.stderr.setEncoding("utf8").on("data", (text) => (log += text));
  child.on("error", (error) => (exit = error.message));
  child.on("exit", (code, signal) => (exit ??= `it ended with ${signal ?? code}`));
  const closed = once(child, "close").catch(() => {});

  return {
    url,
    /** The log since the last call; with `pattern`, waits until it matches. */
    async takeLog(pattern) {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      while (pattern && !pattern.test(log)) await once(child.stderr, "data", { signal });
      const taken = log;
      log = "";
      return taken;
    },
    async started() {
      for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await delay(50)) {
        if (exit) return exit;
        const response = await fetch(`${url}/health/startup`).catch(() => undefined);
        await response?.arrayBuffer();
        if (response?.ok) return undefined;
      }
      return `nothing answered for ${PATIENCE_MS} ms`;
    },
    async stop() {
      child.kill();
      await closed;
      running.delete(child);
    },
  };
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

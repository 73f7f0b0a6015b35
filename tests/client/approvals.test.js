// A person decides a call of a server's tool: approve, edit, deny, with the real client.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { useAssistantTransportSendCommand } from "@assistant-ui/react";
import { mount } from "./client.js";
import { PYTHON, startServer } from "./server.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EDITED = { name: "pay", args: { to: "Ann", amount: 2 } };
const DECISIONS = [
  ["approved", { type: "approve" }, { approved: true }, /^The tool said 5 paid to Ann$/],
  ["edited", { type: "edit", edited_action: EDITED }, { approved: true, optionId: "edit" }, /"amount": 2.*2 paid to Ann$/],
  ["denied", { type: "reject", message: "too much" }, { approved: false, reason: "too much" }, /did not allow.*too much$/],
];

for (const layout of ["parts", "langchain"]) {
  describe(`approvals, ${layout}`, () => {
    let stub;
    let server;
    before(async () => {
      stub = spawn(PYTHON, ["-m", "tests.providers", "chat"], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
      const [settings] = await once(stub.stdout, "data");
      server = await startServer({
        ...JSON.parse(settings),
        ASSISTANT_MESSAGE_FORMAT: layout,
        SERVER_TOOLS: "acme.payments.pay",
        PAYMENTS: "/dev/null",
        PYTHONPATH: `${ROOT}/tests/fixtures`,
      });
    });
    after(async () => {
      await server?.stop();
      stub?.kill();
    });

    for (const [name, decision, expected, says] of DECISIONS) {
      test(`a call is ${name}`, async (t) => {
        let sendCommand;
        const panel = () => {
          sendCommand = useAssistantTransportSendCommand();
          return null;
        };
        const named = { headers: { "X-Client-Id": randomUUID() }, body: { threadId: `of ${randomUUID()}` } };
        const client = mount(t, { api: `${server.url}/assistant`, layout, protocol: "data-stream", panel, ...named });
        const approval = () => {
          const calls = client.state.messages.flatMap(({ parts, tool_calls }) => parts ?? tool_calls ?? []);
          return calls.find((call) => call.approval)?.approval;
        };
        await client.ask("Pay Ann");
        const { id, ...rest } = approval();
        assert.deepEqual(rest, {});
        assert.equal(client.parts("assistant", "tool-call")[0].result, undefined);
        if (layout === "langchain") assert.deepEqual(client.state.__interrupt__.map((each) => each.id), [id]);

        sendCommand({ type: "resume", value: { [id]: { decisions: [decision] } } });
        await client.runs(2);
        const { text, ...decided } = approval();
        assert.deepEqual(decided, { id, ...expected });
        assert.deepEqual(client.state.__interrupt__ ?? [], []);
        assert.match(client.text("assistant"), says);
        assert.deepEqual(client.commands, [["add-message"], ["resume"]]);
      });
    }
  });
}

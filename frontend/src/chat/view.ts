// What the page renders of a thread beside its messages.

import type { AssistantTransportCommand } from "@assistant-ui/react";
import type { Branches } from "./branches";
import type { Refusal } from "./questions";
import type { ChatState } from "./state";

export type Status = { kind: "ok" } | { kind: "lost" } | { kind: "key-required" } | { kind: "failed"; text: string };

/** The rendered part of a connection: a new object whenever it changes. */
export interface View {
  status: Status;
  running: boolean; // a run is in progress, or is to be resumed
  branches: Branches;
  refusals: Record<string, Refusal>; // of answers, by their questions' ids
}

/** What the transport's runtime keeps beside the messages; undefined until it is mounted. */
export interface Extras {
  state: ChatState;
  sendCommand: (command: AssistantTransportCommand) => void;
}

// What waits for a person: calls of tools that need approval, and the interrupts of a graph.

import type { AssistantTransportCommand } from "@assistant-ui/react";
import type { ChatState } from "./state";

/** A call that a person decides; `allowed` are the types of decisions that it takes. */
export interface Action {
  name: string;
  args: Record<string, unknown>;
  description?: string;
  allowed: string[];
}

/** A question: about calls, each of which gets a decision, or any other, which gets a text. */
export interface Question {
  id: string;
  actions: Action[];
  prompt: string;
}

/** A decision, as LangChain's HumanInTheLoopMiddleware takes it. */
export type Decision =
  | { type: "approve" }
  | { type: "edit"; edited_action: { name: string; args: Record<string, unknown> } }
  | { type: "reject" | "respond"; message?: string };

export type Answer = string | { decisions: Decision[] };

/** Why the server refused an answer; after a final refusal the question cannot be answered any more. */
export interface Refusal {
  text: string;
  isFinal: boolean;
}

const ALLOWED = ["approve", "edit", "reject"];

export function questionsOf(state: ChatState): Question[] {
  return [...(state.messages ?? []).flatMap(ofMessage), ...list(state.__interrupt__).flatMap(ofInterrupt)];
}

/** The command that answers a question. */
export const resume = (id: string, answer: Answer) =>
  ({ type: "resume", value: { [id]: answer } }) as unknown as AssistantTransportCommand;

/** The id of the question that a request answers, if it does nothing else. */
export function answeredBy(commands: readonly AssistantTransportCommand[] = []): string | undefined {
  const [command, ...others] = commands as readonly { type: string; value?: object }[];
  return command?.type === "resume" && !others.length ? Object.keys(command.value ?? {})[0] : undefined;
}

/** In the layout `parts` a call says itself that it waits. */
function ofMessage(message: ChatState["messages"][number]): Question[] {
  if (!("role" in message)) return [];
  return list(message.parts).flatMap((part) => {
    const { approval } = part;
    if (part.type !== "tool-call" || !isObject(approval) || approval.approved !== undefined) return [];
    if (typeof approval.id !== "string" || "result" in part) return [];
    const action = { name: String(part.toolName), args: argsOf(part.argsText), allowed: ALLOWED };
    return [{ id: approval.id, actions: [action], prompt: "" }];
  });
}

function ofInterrupt({ id, value }: Record<string, unknown>): Question[] {
  if (typeof id !== "string") return [];
  const asked = isObject(value) ? list(value.action_requests) : [];
  if (!asked.length || !asked.every((action) => typeof action.name === "string" && isObject(action.args))) {
    return [{ id, actions: [], prompt: typeof value === "string" ? value : JSON.stringify(value ?? null, null, 2) }];
  }
  const configs = list((value as Record<string, unknown>).review_configs);
  const actions = asked.map(({ name, args, description }) => {
    const allowed = configs.find((config) => config.action_name === name)?.allowed_decisions;
    return {
      name: name as string,
      args: args as Record<string, unknown>,
      ...(typeof description === "string" && { description }),
      allowed: Array.isArray(allowed) ? allowed : ALLOWED,
    };
  });
  return [{ id, actions, prompt: "" }];
}

function argsOf(text: unknown): Record<string, unknown> {
  try {
    const args = JSON.parse(String(text));
    return isObject(args) ? args : {};
  } catch {
    return {};
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const list = (value: unknown) => (Array.isArray(value) ? value.filter(isObject) : []);

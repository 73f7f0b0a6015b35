// Branches: what an edit leaves behind stays, as a whole conversation beside the present one.

import { isUser, type ChatState, type Message } from "./state";

export interface Branches {
  /** Whole conversations in the order in which they began; the active one's live state stands in for its place. */
  leaves: ChatState[];
  active: number;
}

/** The branches after an edit of `state`, which the reply to the edited message is about to replace. */
export const branchOff = ({ leaves, active }: Branches, state: ChatState): Branches => ({
  leaves: [...leaves.with(active, state), state],
  active: leaves.length,
});

/** The versions of the message `id` of `state`: for each the conversation that has it, and which one is shown. */
export function versionsOf(id: string, state: ChatState, { leaves, active }: Branches) {
  const position = state.messages.findIndex((message) => message.id === id);
  const parent = state.messages[position - 1]?.id;
  const versions = new Map<string, number>();
  leaves.with(active, state).forEach((leaf, index) => {
    const version = childOf(parent, leaf.messages);
    // Of several conversations that share a version, the one being shown, else the latest.
    if (version?.id && isUser(version) && (index === active || versions.get(version.id) !== active)) {
      versions.set(version.id, index);
    }
  });
  return { leaves: [...versions.values()], shown: [...versions.keys()].indexOf(id) };
}

function childOf(parent: string | undefined, messages: Message[]): Message | undefined {
  if (parent === undefined) return messages[0];
  const position = messages.findIndex((message) => message.id === parent);
  return position < 0 ? undefined : messages[position + 1];
}

// Branches: an edit keeps the conversation before it, whole, beside the new one.

import { isUser, textOf, type ChatState, type Message } from "./state";

export interface Branches {
  /** Whole conversations, oldest first. The active one's entry is out of date: its live state is used instead. */
  leaves: ChatState[];
  active: number;
}

/** The branches once a message of `state` has been edited: the new branch begins as a copy. */
export const branchOff = ({ leaves, active }: Branches, state: ChatState): Branches => ({
  leaves: [...leaves.with(active, state), state],
  active: leaves.length,
});

/**
 * The versions of the message `id`: for each the leaf that has it (`leaves`), which of them is shown, and whether they
 * differ in their replies only.
 */
export function versionsOf(id: string, state: ChatState, { leaves, active }: Branches) {
  const position = state.messages.findIndex((message) => message.id === id);
  const parent = state.messages[position - 1]?.id;
  const versions = new Map<string, number>();
  const texts = new Set<string>();
  leaves.with(active, state).forEach((leaf, index) => {
    const version = childOf(parent, leaf.messages);
    // Where several leaves have the version: the active one, else the newest.
    if (version && isUser(version)) texts.add(textOf(version));
    if (version?.id && isUser(version) && (index === active || versions.get(version.id) !== active)) {
      versions.set(version.id, index);
    }
  });
  return { leaves: [...versions.values()], shown: [...versions.keys()].indexOf(id), areSame: texts.size === 1 };
}

function childOf(parent: string | undefined, messages: Message[]): Message | undefined {
  if (parent === undefined) return messages[0];
  const position = messages.findIndex((message) => message.id === parent);
  return position < 0 ? undefined : messages[position + 1];
}

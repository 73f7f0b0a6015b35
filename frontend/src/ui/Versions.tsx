// Switches between the versions of a turn: below the user's message where that was edited, else below the reply.

import { useAuiState } from "@assistant-ui/react";
import { versionsOf } from "../chat/branches";
import { useChat, useChatState } from "../chat/context";
import { t } from "../language";
import { Left, Right } from "./Icons";

export function Versions() {
  const { branches } = useChat();
  return branches.leaves.length > 1 && <VersionPicker />;
}

function VersionPicker() {
  const { branches, connection } = useChat();
  const state = useChatState();
  const role = useAuiState((s) => s.message.role);
  const id = useAuiState((s) => s.thread.messages.slice(0, s.message.index + 1).findLast((each) => each.role === "user")?.id ?? "");
  const running = useAuiState((s) => s.thread.isRunning);
  const { leaves, shown, areSame } = versionsOf(id, state, branches);
  if (leaves.length < 2 || areSame === (role === "user")) return null;
  const step = (by: number, label: string, icon: React.ReactNode) => (
    <button
      className="icon-button !size-7 rtl:-scale-x-100"
      aria-label={label}
      disabled={running || leaves[shown + by] === undefined}
      onClick={() => connection.showLeaf(leaves[shown + by]!)}
    >
      {icon}
    </button>
  );
  return (
    <div role="group" aria-label={t.versions} className="flex items-center text-xs text-muted">
      {step(-1, t.previousVersion, <Left />)}
      <span>{t.versionOf(shown + 1, leaves.length)}</span>
      {step(1, t.nextVersion, <Right />)}
    </div>
  );
}

// How long tools' calls took.

import type { ToolCallMessagePartProps } from "@assistant-ui/react";
import { useEffect } from "react";

const begun = new Map<string, number>(); // when this page first saw a call under way, by the call's id
const durations = new Map<string, number>(); // milliseconds

/** How long a call took, in milliseconds: as the assistant says, else as this page saw it, if it did. */
export function useDuration(call: ToolCallMessagePartProps): number | undefined {
  const { toolCallId: id, status, approval, result, timing } = call;
  const isAsked = approval !== undefined && approval.approved === undefined; // a person's time is not the tool's
  const isUnderWay = status.type === "running" && result === undefined && !isAsked;
  useEffect(() => {
    if (isAsked) begun.delete(id);
    else if (isUnderWay && !begun.has(id)) begun.set(id, performance.now());
  }, [id, isAsked, isUnderWay]);
  const since = begun.get(id);
  if (result !== undefined && since !== undefined && !durations.has(id)) durations.set(id, performance.now() - since);
  return timing?.completedAt === undefined ? durations.get(id) : timing.completedAt - timing.startedAt;
}

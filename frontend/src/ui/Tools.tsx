// Tool calls and their results.

import type { ToolCallMessagePartProps } from "@assistant-ui/react";
import { t } from "../language";
import { number } from "../language/format";
import { useDuration } from "./duration";
import { Right, Tool } from "./Icons";

type Call = ToolCallMessagePartProps;

/** A call of any tool: its name and state; its arguments and result are folded. */
export function ToolCall(call: Call) {
  const { toolName, argsText, result, isError, status, approval } = call;
  const took = useDuration(call);
  const decision = decisionOf(approval);
  const isDenied = approval?.approved === false;
  const outcome = isError ? t.failed : result !== undefined ? t.done : status.type === "running" ? t.running : t.noResult;
  const isAsked = approval !== undefined && approval.approved === undefined && result === undefined;
  const state = isDenied ? decision : isAsked ? t.waitsForYou : decision ? t.both(decision, outcome) : outcome;
  return (
    <details className="group/tool rounded-xl border border-line bg-panel text-sm">
      <summary className="flex cursor-pointer items-center gap-2 rounded-xl px-4 py-2.5 select-none">
        <Tool />
        <code className="min-w-0 font-mono font-medium wrap-anywhere">{toolName}</code>
        <span className={isError && !isDenied ? "text-danger" : "text-muted"}>{state}</span>
        {took !== undefined && <span className="text-xs text-muted">{t.took(seconds(took))}</span>}
        <span className="ms-auto text-muted transition-transform group-open/tool:rotate-90 rtl:-scale-x-100 rtl:group-open/tool:-rotate-90">
          <Right />
        </span>
      </summary>
      <div className="space-y-2 border-t border-line px-4 py-3">
        <Json title={t.arguments} text={argsText} />
        {approval?.optionId === "edit" && approval.text && <Json title={t.changedTo} text={formatted(approval.text)} />}
        {result !== undefined && <Json title={isError ? t.error : t.result} text={formatted(result)} />}
      </div>
    </details>
  );
}

const seconds = (milliseconds: number) =>
  number(milliseconds / 1000, { style: "unit", unit: "second", maximumSignificantDigits: 2 });

/** What a person said of a call that needed it. */
function decisionOf(approval: Call["approval"]): string | undefined {
  if (approval?.approved === undefined) return undefined;
  if (!approval.approved) return t.denied;
  return approval.optionId === "edit" ? t.changedAndApproved : t.approved;
}

function Json({ title, text }: { title: string; text: string }) {
  return (
    <div>
      <div className="text-xs text-muted">{title}</div>
      <pre tabIndex={0} className="mt-1 max-h-72 overflow-auto font-mono text-xs leading-5 whitespace-pre-wrap wrap-anywhere">
        {text}
      </pre>
    </div>
  );
}

function formatted(result: unknown): string {
  if (typeof result !== "string") return JSON.stringify(result, null, 2);
  try {
    return JSON.stringify(JSON.parse(result), null, 2);
  } catch {
    return result;
  }
}

// One call that a person decides: its arguments, and the decisions that it takes.

import { useId, useState, type FormEvent } from "react";
import type { Action, Decision } from "../chat/questions";
import { t } from "../language";

interface Props {
  action: Action;
  chosen: Decision | undefined;
  disabled: boolean;
  onChoose: (decision: Decision) => void;
}

type Mode = "edit" | "reject" | "respond";

export function ActionCard({ action, chosen, disabled, onChoose }: Props) {
  const [mode, setMode] = useState<Mode>();
  const { name, args, description, allowed } = action;
  const choose = (decision: Decision) => {
    setMode(undefined);
    onChoose(decision);
  };
  const button = (type: Decision["type"], label: string, name: string, act: () => void) =>
    allowed.includes(type) && (
      <button
        type="button"
        className={type === "approve" ? "primary-button" : "plain-button"}
        aria-label={name}
        disabled={disabled}
        onClick={act}
      >
        {label}
      </button>
    );
  return (
    <div role="group" aria-label={name} className="mt-3">
      {description && <p dir="auto" className="text-muted whitespace-pre-wrap wrap-anywhere">{description}</p>}
      {mode !== "edit" && (
        <pre
          tabIndex={0}
          aria-label={t.argumentsOf(name)}
          className="mt-2 max-h-72 overflow-auto rounded-xl bg-raised px-3 py-2 font-mono text-xs leading-5 whitespace-pre-wrap wrap-anywhere"
        >
          {JSON.stringify(args, null, 2)}
        </pre>
      )}
      {chosen && <p className="mt-2 text-muted">{t.othersWait(t.decided[chosen.type])}</p>}
      {mode === "edit" ? (
        <EditForm action={action} disabled={disabled} onBack={() => setMode(undefined)} onChoose={choose} />
      ) : mode ? (
        <ReasonForm type={mode} name={name} disabled={disabled} onBack={() => setMode(undefined)} onChoose={choose} />
      ) : (
        <div className="mt-3 flex flex-wrap gap-2">
          {button("approve", t.approve, t.approveCall(name), () => choose({ type: "approve" }))}
          {button("edit", t.edit, t.editCall(name), () => setMode("edit"))}
          {button("reject", t.deny, t.denyCall(name), () => setMode("reject"))}
          {button("respond", t.answerFor, t.answerForCall(name), () => setMode("respond"))}
        </div>
      )}
    </div>
  );
}

interface FormProps {
  disabled: boolean;
  onBack: () => void;
  onChoose: (decision: Decision) => void;
}

function EditForm({ action, ...form }: FormProps & { action: Action }) {
  const [text, setText] = useState(() => JSON.stringify(action.args, null, 2));
  const [problem, setProblem] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    try {
      const args = JSON.parse(text);
      if (typeof args !== "object" || args === null || Array.isArray(args)) throw new Error();
      form.onChoose({ type: "edit", edited_action: { name: action.name, args } });
    } catch {
      setProblem(t.notAnObject);
    }
  };
  const label = t.argumentsAsJson(action.name);
  return (
    <DecisionForm label={label} rows={6} problem={problem} send={t.approveWithChanges} onSubmit={submit} {...form} {...{ text, setText }} />
  );
}

function ReasonForm({ type, name, ...form }: FormProps & { type: "reject" | "respond"; name: string }) {
  const [text, setText] = useState("");
  const isAnswer = type === "respond";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() || !isAnswer) form.onChoose({ type, ...(text.trim() && { message: text.trim() }) });
  };
  const label = isAnswer ? t.whatItReturns(name) : t.whyNot(name);
  return <DecisionForm label={label} rows={2} send={isAnswer ? t.sendAnswer : t.deny} onSubmit={submit} {...form} {...{ text, setText }} />;
}

interface TextProps extends FormProps {
  label: string;
  rows: number;
  problem?: string | undefined;
  send: string;
  text: string;
  setText: (text: string) => void;
  onSubmit: (event: FormEvent) => void;
}

function DecisionForm({ label, rows, problem, send, text, setText, disabled, onBack, onSubmit }: TextProps) {
  const id = useId();
  return (
    <form onSubmit={onSubmit} className="mt-3">
      <label htmlFor={id} className="text-xs text-muted">
        {label}
      </label>
      <textarea
        id={id}
        autoFocus
        rows={rows}
        maxLength={send === t.deny ? 2000 : undefined}
        value={text}
        onChange={(event) => setText(event.target.value)}
        aria-invalid={problem !== undefined}
        className="field font-mono"
      />
      {problem && (
        <p role="alert" className="text-danger">
          {problem}
        </p>
      )}
      <div className="mt-2 flex flex-wrap justify-end gap-2">
        <button type="button" className="plain-button" onClick={onBack}>
          {t.back}
        </button>
        <button className="primary-button" disabled={disabled}>
          {send}
        </button>
      </div>
    </form>
  );
}

// What waits for a person, as cards below the conversation. Nothing is answered by itself.

import { useAuiState } from "@assistant-ui/react";
import { useId, useState, type FormEvent } from "react";
import { useChat, useChatState } from "../chat/context";
import { questionsOf, type Answer, type Decision, type Question } from "../chat/questions";
import { t } from "../language";
import { ActionCard } from "./ActionCard";

export function Questions() {
  const state = useChatState();
  const running = useAuiState((s) => s.thread.isRunning);
  const questions = questionsOf(state);
  return (
    <div className="mx-auto flex w-full max-w-3xl flex-col gap-4 px-4 not-empty:pb-10">
      <p role="status" className="sr-only">
        {questions.length > 0 && !running && t.questionsWait(questions.length)}
      </p>
      {questions.map((question) => (
        <QuestionCard key={question.id} question={question} running={running} />
      ))}
    </div>
  );
}

function QuestionCard({ question, running }: { question: Question; running: boolean }) {
  const { connection, refusals } = useChat();
  const { id, actions } = question;
  const refusal = refusals[id];
  const title = useId();
  const answer = (value: Answer) => connection.answer(id, value);
  return (
    <section aria-labelledby={title} className="rounded-2xl border border-accent bg-panel px-4 py-3 text-sm">
      <h2 id={title} className="font-semibold">
        {actions.length ? t.mayRun(actions.map(({ name }) => name)) : t.assistantAsks}
      </h2>
      {refusal && (
        <p role="alert" className="mt-2 text-danger wrap-anywhere">
          {refusal.text}
        </p>
      )}
      {refusal?.isFinal ? null : actions.length ? (
        <Actions question={question} running={running} onAnswer={answer} />
      ) : (
        <PlainAnswer prompt={question.prompt} running={running} onAnswer={answer} />
      )}
    </section>
  );
}

interface Asked {
  running: boolean;
  onAnswer: (answer: Answer) => void;
}

/** The calls of one question. The answer is sent once each has a decision. */
function Actions({ question: { actions }, running, onAnswer }: Asked & { question: Question }) {
  const [chosen, setChosen] = useState<(Decision | undefined)[]>([]);
  const choose = (index: number, decision: Decision) => {
    const all = actions.map((_, at) => (at === index ? decision : chosen[at]));
    const whole = all.filter((each) => each !== undefined);
    if (whole.length < actions.length) return setChosen(all);
    setChosen([]); // if the server refuses them, the person decides anew
    onAnswer({ decisions: whole });
  };
  return (
    <>
      {actions.map((action, index) => (
        <ActionCard
          key={index}
          action={action}
          chosen={chosen[index]}
          disabled={running}
          onChoose={(decision) => choose(index, decision)}
        />
      ))}
      <p className="mt-3 text-xs text-muted">{t.messageInstead}</p>
    </>
  );
}

function PlainAnswer({ prompt, running, onAnswer }: Asked & { prompt: string }) {
  const [text, setText] = useState("");
  const id = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) onAnswer(text);
  };
  return (
    <form onSubmit={submit}>
      <p dir="auto" className="mt-2 whitespace-pre-wrap wrap-anywhere">{prompt}</p>
      <label htmlFor={id} className="mt-3 block text-xs text-muted">
        {t.yourAnswer}
      </label>
      <textarea id={id} rows={2} value={text} onChange={(event) => setText(event.target.value)} className="field" />
      <div className="mt-2 flex justify-end">
        <button className="primary-button" disabled={running || !text.trim()}>
          {t.sendAnswer}
        </button>
      </div>
    </form>
  );
}

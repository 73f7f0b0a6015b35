// Which model answers in a thread, where there is a choice.

import { chooseModel, useModels } from "../chat/models";
import { t } from "../language";

export function ModelPicker({ thread }: { thread: string }) {
  const { models, model } = useModels(thread);
  if (models.length < 2) return null;
  return (
    <select
      aria-label={t.model}
      value={model ?? models[0]}
      onChange={(event) => chooseModel(thread, event.target.value)}
      className="max-w-[40%] min-w-0 truncate rounded-full border border-line bg-page px-3 py-1.5 text-sm text-ink hover:bg-raised"
    >
      {models.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}

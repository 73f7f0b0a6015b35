// The result of get_weather as a card.

import type { ToolCallMessagePartProps } from "@assistant-ui/react";
import { t } from "../language";
import { number } from "../language/format";
import { Cloud, Fog, Rain, Sun, Wind } from "./Icons";
import { ToolCall } from "./Tools";

interface Report {
  location: string;
  temperature: number;
  unit: string;
  condition: string;
}

const CONDITIONS: Record<string, () => React.ReactNode> = { sunny: Sun, cloudy: Cloud, rainy: Rain, windy: Wind, foggy: Fog };
const UNITS = ["celsius", "fahrenheit"]; // what Intl knows

/** The weather card; until the result is there, the card of any tool call. */
export function Weather(call: ToolCallMessagePartProps) {
  const report = call.isError ? undefined : asReport(call.result);
  if (!report) return <ToolCall {...call} />;
  const Condition = CONDITIONS[report.condition] ?? Cloud;
  return (
    <section
      aria-label={t.weatherIn(report.location)}
      className="flex w-full max-w-xs items-center gap-4 rounded-2xl border border-line bg-panel px-5 py-4"
    >
      <span className="text-accent *:size-10">
        <Condition />
      </span>
      <div>
        <div className="text-2xl font-semibold">{temperatureOf(report)}</div>
        <div className="text-sm text-muted">
          {t.both(report.location, conditionOf(report))}
        </div>
      </div>
    </section>
  );
}

const temperatureOf = ({ temperature, unit }: Report) =>
  UNITS.includes(unit) ? number(temperature, { style: "unit", unit }) : `${number(temperature)} ${unit}`;

const conditionOf = ({ condition }: Report) => (t.conditions as Record<string, string>)[condition] ?? condition;

/** The report in a result, which may be text: a LangGraph graph's own are. */
function asReport(result: unknown): Report | undefined {
  try {
    const report = typeof result === "string" ? JSON.parse(result) : result;
    return isReport(report) ? report : undefined;
  } catch {
    return undefined;
  }
}

function isReport(value: Partial<Report> | null | undefined): value is Report {
  const texts = [value?.location, value?.unit, value?.condition];
  return typeof value?.temperature === "number" && texts.every((text) => typeof text === "string");
}

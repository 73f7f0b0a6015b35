// The result of get_weather as a card.

import type { ToolCallMessagePartProps } from "@assistant-ui/react";
import { Cloud, Fog, Rain, Sun, Wind } from "./Icons";
import { ToolCall } from "./Tools";

interface Report {
  city: string;
  temperature_c: number;
  sky: string;
}

const SKIES: Record<string, () => React.ReactNode> = { sunny: Sun, cloudy: Cloud, rainy: Rain, windy: Wind, foggy: Fog };

/** The weather card; until the result is there, the card of any tool call. */
export function Weather(call: ToolCallMessagePartProps) {
  const report = call.isError ? undefined : asReport(call.result);
  if (!report) return <ToolCall {...call} />;
  const Sky = SKIES[report.sky] ?? Cloud;
  return (
    <section
      aria-label={`Weather in ${report.city}`}
      className="flex w-full max-w-xs items-center gap-4 rounded-2xl border border-line bg-panel px-5 py-4"
    >
      <span className="text-accent *:size-10">
        <Sky />
      </span>
      <div>
        <div className="text-2xl font-semibold">{report.temperature_c} °C</div>
        <div className="text-sm text-muted">
          {report.city}, {report.sky}
        </div>
      </div>
    </section>
  );
}

/** The report in a result. In the layout `langchain` results are always text. */
function asReport(result: unknown): Report | undefined {
  try {
    const report = typeof result === "string" ? JSON.parse(result) : result;
    return typeof report?.city === "string" && typeof report.temperature_c === "number" ? report : undefined;
  } catch {
    return undefined;
  }
}

// The tool that runs in the client.

/** A toolkit with get_weather, and the arguments of each of its calls. */
export function weather(execute) {
  const calls = [];
  const get_weather = {
    type: "frontend",
    description: "The weather in a city.",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    execute: (args) => {
      calls.push(args);
      return execute(args);
    },
  };
  return { toolkit: { get_weather }, calls };
}

// English. Its keys are those that each language has.

import { list, number, plural } from "./format";

export const en = {
  direction: "ltr" as "ltr" | "rtl",

  // an empty conversation, where the server's settings say nothing else
  heading: "What can I do for you?",
  welcome: "Ask something, or begin with one of these.",
  prompts: ["What is the weather in Paris?", "Show me some code", "Hello, who are you?"],

  // threads
  newChat: "New chat",
  threads: "Threads",
  close: "Close",
  searchChats: "Search chats",
  noChatFound: "No chat has these words.",
  optionsOf: (title: string) => `Options of “${title}”`,
  writing: "writing",
  writingElsewhere: (title: string) => `Writing … | ${title}`,
  rename: "Rename",
  title: "Title",
  saveAsMarkdown: "Save as Markdown",
  saveAsJson: "Save as JSON",
  delete: "Delete",
  wasDeleted: (title: string) => `“${title}” was deleted.`,
  undo: "Undo",
  dismiss: "Dismiss",
  you: "You",
  assistant: "Assistant",
  lightTheme: "Light theme",
  darkTheme: "Dark theme",

  // the conversation
  conversation: "Conversation",
  messages: "Messages",
  scrollToEnd: "Scroll to the end",
  youWrote: "You wrote:",
  assistantWrote: "The assistant wrote:",
  sentByYou: "Sent by you",
  image: "Image",
  anImage: "image",
  edit: "Edit",
  copy: "Copy",
  copyCode: "Copy code",
  thinkingName: "The assistant is thinking",
  thinking: "Thinking …",
  thoughts: "Thoughts",
  tokens: (input: number, output: number) => `${number(input)} tokens in, ${number(output)} out`,
  versions: "Versions of this message",
  versionOf: (shown: number, count: number) => `${number(shown)} / ${number(count)}`,
  previousVersion: "Previous version",
  nextVersion: "Next version",

  // writing
  message: "Message",
  writeMessage: "Write a message",
  model: "Model",
  addFiles: "Add files",
  dropFiles: "Drop images and text files here",
  fileTooLarge: (name: string, kilobytes: number) =>
    `${name} is too large: a text file may have ${number(kilobytes)} kB. Send a part of it.`,
  fileUnknown: (name: string) =>
    `${name} cannot be sent: choose an image (PNG, JPEG, GIF, WebP) or a text file.`,
  remove: (name: string) => `Remove ${name}`,
  send: "Send",
  stop: "Stop",
  editMessage: "Edit message",
  cancel: "Cancel",
  sendAgain: "Send again",

  // tools
  failed: "failed",
  done: "done",
  running: "running …",
  noResult: "no result",
  denied: "denied",
  approved: "approved",
  changedAndApproved: "changed and approved",
  waitsForYou: "waits for your decision",
  both: (first: string, second: string) => `${first}, ${second}`,
  arguments: "Arguments",
  changedTo: "Changed to",
  result: "Result",
  error: "Error",
  weatherIn: (place: string) => `Weather in ${place}`,
  conditions: { sunny: "sunny", cloudy: "cloudy", rainy: "rainy", windy: "windy", foggy: "foggy" },

  // what waits for a person
  questionsWait: (count: number) =>
    plural(count, {
      one: "A question waits for your decision, below the messages.",
      other: `${number(count)} questions wait for your decision, below the messages.`,
    }),
  mayRun: (names: string[]) => `May ${list(names)} run?`,
  assistantAsks: "The assistant asks",
  messageInstead: "If you write a message instead, it does not run.",
  yourAnswer: "Your answer",
  sendAnswer: "Send answer",
  argumentsOf: (name: string) => `Arguments of ${name}`,
  argumentsAsJson: (name: string) => `Arguments of ${name}, as JSON`,
  notAnObject: "The arguments must be a JSON object.",
  approve: "Approve",
  approveCall: (name: string) => `Approve ${name}`,
  editCall: (name: string) => `Edit ${name}`,
  approveWithChanges: "Approve with changes",
  deny: "Deny",
  denyCall: (name: string) => `Deny ${name}`,
  answerFor: "Answer for",
  answerForCall: (name: string) => `Answer for ${name}`,
  whatItReturns: (name: string) => `What ${name} returns`,
  whyNot: (name: string) => `Why ${name} may not run (optional)`,
  back: "Back",
  decided: { approve: "Approved", edit: "Approved with changes", reject: "Denied", respond: "Answered" },
  othersWait: (decision: string) => `${decision}; the other calls wait for your decision.`,

  // the connection, and errors
  connectionLost: "Connection lost. Reconnecting …",
  giveUp: "Give up",
  tryAgain: "Try again",
  keyNeeded: "This server asks for an API key. It is kept for this tab only.",
  continue: "Continue",
  notReceived: "Your message did not reach the server.",
  notKept: "The connection was lost, and the rest of the reply is no longer there.",
  stoppedEarly: "Stopped before the server had answered.",
  answeredWith: (status: string) => `The server answered with status ${status}.`,
};

export type Texts = typeof en;

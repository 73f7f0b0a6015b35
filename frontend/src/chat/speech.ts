// Reads replies aloud by the browser's voices, without the signs of Markdown, and without code, which nobody can listen to.

import { WebSpeechSynthesisAdapter } from "@assistant-ui/react";

class Speech extends WebSpeechSynthesisAdapter {
  override speak(text: string) {
    return super.speak(spoken(text));
  }
}

export const speech = new Speech();

const spoken = (markdown: string) =>
  markdown
    .replace(/^(```|~~~)[\s\S]*?(^\1|$(?![\s\S]))/gm, "")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^\s*(#{1,6}|[-*+]|>|\|[-:| ]+\|$)\s?/gm, "")
    .replace(/[*_`|]+/g, " ");

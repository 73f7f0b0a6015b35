// Code in colours, by highlight.js. It escapes the code, and makes nothing but spans with classes.

import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import dockerfile from "highlight.js/lib/languages/dockerfile";
import go from "highlight.js/lib/languages/go";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import kotlin from "highlight.js/lib/languages/kotlin";
import markdown from "highlight.js/lib/languages/markdown";
import php from "highlight.js/lib/languages/php";
import python from "highlight.js/lib/languages/python";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import swift from "highlight.js/lib/languages/swift";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { useDeferredValue, useMemo } from "react";
import "./colors.css";

const LANGUAGES = { bash, c, cpp, csharp, css, diff, dockerfile, go, java, javascript, json, kotlin, markdown, php, python, ruby, rust, sql, swift, typescript, xml, yaml };
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);

const LONGEST = 20_000; // characters: more would stop the page for a moment with each word that arrives

export default function Colored({ language, code }: { language: string; code: string }) {
  const shown = useDeferredValue(code);
  const html = useMemo(() => {
    if (!hljs.getLanguage(language) || shown.length > LONGEST) return undefined;
    return hljs.highlight(shown, { language, ignoreIllegals: true }).value;
  }, [language, shown]);
  return html === undefined ? <code>{code}</code> : <code dangerouslySetInnerHTML={{ __html: html }} />;
}

// Mathematics, set by KaTeX. It styles what it makes by scripts, not by attributes, which the page's policy would block.

import katex from "katex";
import "katex/dist/katex.min.css";
import { useLayoutEffect, useRef } from "react";

interface Props {
  tex: string;
  isApart: boolean;
}

export default function Formula({ tex, isApart }: Props) {
  const element = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    // What cannot be read, as half a formula that is still arriving, is shown as it is.
    const options = { displayMode: isApart, throwOnError: false, errorColor: "inherit", strict: "ignore", maxSize: 20 } as const;
    katex.render(tex, element.current!, options);
  }, [tex, isApart]);
  return <span ref={element} dir="ltr" tabIndex={isApart ? 0 : undefined} className={isApart ? "block overflow-x-auto py-1" : ""} />;
}

// The thread's title, and the buttons of the whole page.

import { t } from "../language";
import { useTheme } from "../theme";
import { Menu, Moon, Sun } from "./Icons";
import { ModelPicker } from "./ModelPicker";

interface Props {
  thread: string;
  title: string;
  showList: () => void;
}

export function TopBar({ thread, title, showList }: Props) {
  const [dark, toggle] = useTheme();
  return (
    <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line px-3">
      <button className="icon-button md:hidden" aria-label={t.threads} onClick={showList}>
        <Menu />
      </button>
      <h1 className="min-w-0 flex-1 px-1 text-sm font-medium">
        <span dir="auto" className="block w-fit max-w-full truncate">
          {title}
        </span>
      </h1>
      <ModelPicker thread={thread} />
      <button className="icon-button" aria-label={dark ? t.lightTheme : t.darkTheme} onClick={toggle}>
        {dark ? <Sun /> : <Moon />}
      </button>
    </header>
  );
}

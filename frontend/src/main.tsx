import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import "./app.css";
import { chooseKeeper } from "./chat/keeper";
import { followAddress } from "./chat/openThreads";
import { applyLanguage } from "./language";
import { applyTheme } from "./theme";
import { loadMarkdown } from "./ui/Text";

applyTheme();
// A thread that is loaded again: its replies would be set anew once this is there.
const shown = location.hash && loadMarkdown();
void Promise.all([applyLanguage(), chooseKeeper(), shown]).then(() => {
  followAddress();
  createRoot(document.getElementById("root")!).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
});

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import "./app.css";
import { chooseKeeper } from "./chat/keeper";
import { followAddress } from "./chat/openThreads";
import { applyLanguage } from "./language";
import { applyTheme } from "./theme";

applyTheme();
void Promise.all([applyLanguage(), chooseKeeper()]).then(() => {
  followAddress();
  createRoot(document.getElementById("root")!).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
});

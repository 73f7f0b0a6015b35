// The drawer with the list of threads, on a phone: an entry of the history of its own, so that the back button closes it.

import { useEffect, useState } from "react";

const DRAWER = "drawer";
const isDrawer = () => history.state === DRAWER;

if (isDrawer()) history.replaceState(null, ""); // the page was reloaded under the drawer

/** Goes to the page's address with `hash`; the drawer, if it is open, gives up its entry of the history for it. */
export function goTo(hash: string) {
  if (location.hash.slice(1) === hash && !isDrawer()) return;
  if (isDrawer()) {
    history.replaceState(null, "", `#${hash}`);
    dispatchEvent(new PopStateEvent("popstate"));
  } else location.hash = hash;
}

export function useDrawer() {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const changed = () => setOpen(isDrawer());
    addEventListener("popstate", changed);
    return () => removeEventListener("popstate", changed);
  }, []);
  return {
    isOpen,
    open: () => {
      history.pushState(DRAWER, "");
      setOpen(true);
    },
    close: () => {
      if (isDrawer()) history.back();
    },
  };
}

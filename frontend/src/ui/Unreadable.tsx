// In the place of a thread that the server could not be asked for.

import { reopen } from "../chat/openThreads";
import { t } from "../language";

export function Unreadable({ id }: { id: string }) {
  return (
    <div role="alert" className="m-auto flex flex-col items-center gap-3 text-sm text-danger">
      {t.chatUnreadable}
      <button className="plain-button" onClick={() => reopen(id)}>
        {t.tryAgain}
      </button>
    </div>
  );
}

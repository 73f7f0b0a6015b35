// What an assistant wrote beside its text: the sources of a reply, and files.

import { useAuiState, type FileMessagePartComponent } from "@assistant-ui/react";
import { t } from "../language";
import { Page } from "./Icons";

const CHIP = "flex max-w-60 items-center gap-2 rounded-full border border-line px-3 py-1 text-xs";
const isWeb = (address: string) => /^https?:/i.test(address);

export function Sources() {
  const content = useAuiState((s) => s.message.content);
  const sources = content.filter((part) => part.type === "source");
  if (!sources.length) return null;
  return (
    <ul aria-label={t.sources} className="flex flex-wrap gap-2">
      {sources.map(({ id, url, title }) => (
        <li key={id}>
          {url && isWeb(url) ? (
            <a href={url} target="_blank" rel="noreferrer" title={url} className={`${CHIP} hover:bg-raised`}>
              <span dir="auto" className="truncate">
                {title ?? new URL(url).host}
              </span>
              {title && <span className="text-muted">{new URL(url).host}</span>}
            </a>
          ) : (
            <span dir="auto" className={CHIP}>
              {title ?? url}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** `data` is an address, a data URL, or base64. An image is shown; anything else is a link that saves it. */
export const WrittenFile: FileMessagePartComponent = ({ data, mimeType, filename }) => {
  const name = filename ?? mimeType;
  const address = isWeb(data) || data.startsWith("data:") ? data : `data:${mimeType};base64,${data}`;
  if (mimeType.startsWith("image/") && !isWeb(address)) return <img src={address} alt={name} className="max-h-96 max-w-fit rounded-xl" />;
  return (
    <a href={address} download={name} {...(isWeb(address) && { target: "_blank", rel: "noreferrer" })} className={`${CHIP} w-fit !rounded-xl !py-2 hover:bg-raised`}>
      <Page />
      <span dir="auto" className="truncate">
        {name}
      </span>
    </a>
  );
};

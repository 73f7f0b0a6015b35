// Images in the composer: those of a type that the server accepts, scaled down to what a model uses.

import type { AttachmentAdapter } from "@assistant-ui/react";
import { t } from "../language";
import { randomId } from "../storage";

const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const LONGEST_SIDE = 1568; // pixels; models scale larger images down themselves
const UNCHANGED = 500_000; // bytes up to which a file is sent as it is

export const images: AttachmentAdapter = {
  accept: TYPES.join(","),
  async add({ file }) {
    const bitmap = await createImageBitmap(file).catch(() => undefined);
    if (!bitmap) throw new Error(t.fileUnknown(file.name));
    bitmap.close();
    const status = { type: "requires-action", reason: "composer-send" } as const;
    return { id: randomId(), type: "image", name: file.name, contentType: file.type, file, status };
  },
  async send(attachment) {
    const image = await dataUrl(await scaled(attachment.file));
    return { ...attachment, status: { type: "complete" }, content: [{ type: "image", image }] };
  },
  async remove() {},
};

async function scaled(file: File): Promise<Blob> {
  if (file.size <= UNCHANGED) return file;
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  canvas.getContext("2d")!.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.convertToBlob({ type: "image/webp", quality: 0.85 });
}

function dataUrl(blob: Blob): Promise<string> {
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

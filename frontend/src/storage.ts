// What this browser stores: its own id, a server's API key, and JSON values by key.

import { storageKey } from "./root";

const CLIENT_ID = storageKey("client-id");
const API_KEY = storageKey("api-key");

/** 128 random bits in hex. Not crypto.randomUUID: that is missing on a page that another machine serves by plain http. */
export const randomId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The id by which the server knows this browser again. */
export function clientId(): string {
  const stored = localStorage.getItem(CLIENT_ID);
  if (stored) return stored;
  const id = randomId();
  localStorage.setItem(CLIENT_ID, id);
  return id;
}

/** The API key that the user has entered, kept for this tab only. */
export const apiKey = () => sessionStorage.getItem(API_KEY);
export const setApiKey = (key: string) => sessionStorage.setItem(API_KEY, key);

/** The stored value, or undefined if there is none or it is not JSON. */
export function readJson<T>(key: string): T | undefined {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}

/** Stores the value; returns false if it does not fit. */
export function writeJson(key: string, value: unknown): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false; // QuotaExceededError
  }
}

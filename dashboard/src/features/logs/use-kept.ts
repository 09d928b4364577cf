import { useState } from "react";

/**
 * A value that this browser keeps. What is kept is read by `read`, which gives null for what is none; `fallback` stands in for it.
 * Where the browser keeps nothing the value lasts as long as the page.
 */
export function useKept<Value>(key: string, read: (kept: unknown) => Value | null, fallback: () => Value) {
  const [value, setValue] = useState<Value>(() => read(keptAt(key)) ?? fallback());
  const keep = (next: Value): void => {
    setValue(next);
    try {
      localStorage.setItem(key, JSON.stringify(next));
    } catch {
      // Full or forbidden: it still holds on this page.
    }
  };
  return [value, keep] as const;
}

function keptAt(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

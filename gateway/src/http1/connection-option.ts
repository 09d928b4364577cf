import type { HeaderList } from "../core/header-list.ts";

/** Whether any `connection` field holds `option`, in small letters: `close`, `keep-alive` or `upgrade` (RFC 9110 §7.6.1). */
export function hasConnectionOption(headers: HeaderList, option: "close" | "keep-alive" | "upgrade"): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === "connection" && (headers[index + 1] as string).toLowerCase().includes(option)) return true;
  }
  return false;
}

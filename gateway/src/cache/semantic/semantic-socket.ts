import type { CacheConfig } from "../../core/gateway-settings.ts";
import { dirname, join } from "node:path";

/** Where the control process listens for questions: beside its own socket. */
export function semanticSocketPath(controlSocket: string): string {
  return join(dirname(controlSocket), "alike.sock");
}

/** Whether there is something that compares questions, and a disk on which workers share the answers. */
export function comparesQuestions({ semantic, max_disk_bytes: maxDiskBytes }: CacheConfig): boolean {
  return semantic.encoder !== "none" && maxDiskBytes > 0;
}

/** What is asked there, by POST with JSON. */
export const semanticPaths = { find: "/find", keep: "/keep", drop: "/drop" } as const;

import type { LoadedConfig } from "../config/load-config.ts";

/** How bad it is: a problem keeps the gateway from starting or from doing its work. */
export type Level = "ok" | "warning" | "problem";

/** One thing that was looked at. */
export interface Finding {
  readonly level: Level;
  /** What is so, one line. */
  readonly text: string;
  /** What to do, one line; null where nothing is. */
  readonly remedy: string | null;
}

/** What checks look at. */
export interface DoctorContext extends Pick<LoadedConfig, "config" | "secrets" | "sources"> {
  /** Whether providers are left alone. */
  readonly isOffline: boolean;
  readonly nowMs: number;
  /** How to run `runIntegrityCheck`. */
  readonly integrityCommand: readonly string[];
  /** Longest time for a database; default 10,000. */
  readonly integrityTimeoutMs?: number;
}

/** Looks at one matter and changes nothing. */
export type Check = (context: DoctorContext) => readonly Finding[] | Promise<readonly Finding[]>;

/** All is well. */
export function ok(text: string): Finding {
  return { level: "ok", text, remedy: null };
}

/** It works, and somebody should know. */
export function warning(text: string, remedy: string): Finding {
  return { level: "warning", text, remedy };
}

/** It does not work. */
export function problem(text: string, remedy: string): Finding {
  return { level: "problem", text, remedy };
}

/** Bytes for people. */
export function bytesText(bytes: number): string {
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

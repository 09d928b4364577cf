import type { GatewayConfig } from "../core/gateway-settings.ts";

/** A role at work, in a process of its own or together with the others. */
export interface RunningPart {
  /** Text of the token that this start made because nobody could have managed otherwise, to be shown once; absent when it made none. */
  readonly firstToken?: string;
  /**
   * Puts new processes in the place of those that serve, one after the other, each when it serves; what runs in the old ones ends there.
   * Absent where all roles share one process. Settles when all have been replaced.
   */
  renew?(): Promise<void>;
  /**
   * Takes nothing new, lets what runs end for up to `graceMs` (may be infinite; 0 waits for nothing), then breaks it off.
   * May be called again with less patience.
   */
  stop(graceMs: number): Promise<void>;
}

/** How long running exchanges may go on, in milliseconds; `shutdown_ms` 0 means as long as they take. */
export function shutdownGraceMs(config: GatewayConfig): number {
  return config.timeouts.shutdown_ms === 0 ? Number.POSITIVE_INFINITY : config.timeouts.shutdown_ms;
}

import type { Exchange } from "./exchange.ts";

/** Waits before the next try; ends early when the client leaves. */
export function pauseBeforeTry(exchange: Exchange, durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, durationMs);
    exchange.onClientGone = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

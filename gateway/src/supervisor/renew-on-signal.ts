import type { ProcessLog } from "./process-log.ts";
import type { RunningPart } from "./running-part.ts";

/** Not SIGHUP: a terminal that is closed sends that one, and means the end. */
const RENEW_SIGNAL = "SIGUSR2";

/** From now until disposed, SIGUSR2 puts new worker processes in the place of those that run. One wish at a time. */
export function renewOnSignal(parts: RunningPart, log: ProcessLog): Disposable {
  let isRenewing = false;
  const renew = async (): Promise<void> => {
    if (parts.renew === undefined) return log("warn", "renewal_refused", { reason: "all roles share one process" });
    if (isRenewing) return log("warn", "renewal_refused", { reason: "one is under way" });
    isRenewing = true;
    try {
      await parts.renew();
    } catch (error) {
      log("error", "renewal_failed", { message: error instanceof Error ? error.message : String(error) });
    } finally {
      isRenewing = false;
    }
  };
  const onSignal = (): void => void renew();
  process.on(RENEW_SIGNAL, onSignal);
  return { [Symbol.dispose]: () => void process.off(RENEW_SIGNAL, onSignal) };
}

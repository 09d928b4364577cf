import { type ReactNode, useState } from "react";
import { ApiError } from "./call-api.ts";
import { Failure } from "../components/ui/failure.tsx";

interface Faults {
  /** What the server found wrong at a place, as `body.retry_delay`, or below it; undefined for nothing. */
  readonly faultOf: (path: string) => string | undefined;
  /** What it refused for another reason, to be shown below the fields, which have asked `faultOf` by then; null for nothing. */
  readonly rest: () => ReactNode;
  readonly isBusy: boolean;
  /** Does something and keeps what it throws; answers whether it went well. */
  readonly attempt: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** What the server found wrong with a form, field by field. */
export function useFaults(): Faults {
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const path = error instanceof ApiError ? error.path : null;
  // Places that a form has no field for must not swallow what is said of them.
  const asked = new Set<string>();
  return {
    isBusy,
    faultOf(place) {
      asked.add(place);
      return path !== null && (path === place || path.startsWith(`${place}.`)) ? (error as Error).message : undefined;
    },
    rest() {
      if (error === null) return null;
      const isShown = path !== null && [...asked].some((place) => path === place || path.startsWith(`${place}.`));
      return isShown ? null : <Failure error={error} />;
    },
    async attempt(work) {
      setBusy(true);
      setError(null);
      try {
        await work();
        return true;
      } catch (thrown) {
        setError(thrown);
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}

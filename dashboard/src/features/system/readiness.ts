/** What `/readyz` says. */
export interface Readiness {
  readonly status: string;
  readonly checks: {
    readonly control?: string;
    readonly worker?: { readonly dropped_records: number; readonly dropped_bodies: number };
    readonly records?: unknown;
    readonly configuration?: { readonly version: number; readonly accounts: number; readonly gateways: number };
  };
}

/** Asks the worker that answers whether it is ready; one that is not says so with status 503. @throws when nothing answers. */
export async function askReadiness(signal: AbortSignal): Promise<Readiness> {
  const response = await fetch("/readyz", { signal });
  return (await response.json()) as Readiness;
}

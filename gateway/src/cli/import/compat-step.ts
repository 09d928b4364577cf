/** What a step of a universal request says beside its messages. */
export interface CompatStepOptions {
  readonly provider: string;
  readonly model: string;
  /** Of a stored key; absent for the default. */
  readonly alias?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly maxAttempts?: number;
  readonly requestTimeoutMs?: number;
}

/** One step of a universal request that asks a provider through the compat address, in the one form that all steps can share. */
export function compatStep(options: CompatStepOptions): object {
  const { provider, model, alias, parameters = {}, maxAttempts, requestTimeoutMs } = options;
  const config = {
    ...(maxAttempts === undefined ? {} : { maxAttempts }),
    ...(requestTimeoutMs === undefined ? {} : { requestTimeout: requestTimeoutMs }),
  };
  return {
    provider: "compat",
    endpoint: "chat/completions",
    headers: { "content-type": "application/json", ...(alias === undefined ? {} : { "cf-aig-byok-alias": alias }) },
    query: { model: `${provider}/${model}`, ...parameters, messages: [{ role: "user", content: "…" }] },
    ...(Object.keys(config).length === 0 ? {} : { config }),
  };
}

import type { GatewayConfig } from "../core/gateway-settings.ts";
import type { KeyMaterial } from "../secrets/load-keys.ts";
import type { ExitStatus } from "./exit-status.ts";

/** What a child process does. */
export type ChildRole = "worker" | "control";

/** First and only message to a child: everything it needs. Sent over the channel, so nothing of it shows in a process list. */
export interface StartMessage {
  readonly type: "start";
  /** As it was when the gateway was started; accounts and providers may have changed since. */
  readonly config: GatewayConfig;
  /** Names this start. */
  readonly startId: string;
  /** The configuration file, to be read again when it changes; null when it is not followed. For the control process only. */
  readonly configFile: string | null;
  /** Name of the worker, `w0` on; also names its journal segments. */
  readonly name: string;
  /** Unix socket of the control process. */
  readonly controlSocket: string;
  /** Asked of everybody who manages; null lets everybody in. For the control process only. */
  readonly adminToken: string | null;
  /** The same as its hash under the key of token hashes, by which workers know it; null when there is none. */
  readonly adminTokenHash: string | null;
  /** Keys of stored secrets. */
  readonly keys: KeyMaterial;
}

/** What a child says, once: that it serves, or why it cannot. */
export type ChildReport =
  | { readonly type: "ready"; readonly firstToken?: string }
  | { readonly type: "failed"; readonly message: string; readonly status: ExitStatus };

/**
 * The configuration as it was before it crossed the channel: accounts, gateways and providers without a prototype, so that
 * a name such as `constructor` finds nothing that was not configured.
 */
export function restoreConfig(config: GatewayConfig): GatewayConfig {
  const accounts = Object.entries(config.accounts).map(([name, account]) => {
    const { gateways, providers } = account;
    return [
      name,
      { ...account, gateways: withoutPrototype(gateways), providers: withoutPrototype(providers) },
    ] as const;
  });
  return {
    ...config,
    accounts: withoutPrototype(Object.fromEntries(accounts)),
    providers: withoutPrototype(config.providers),
  };
}

function withoutPrototype<Value>(entries: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.assign(Object.create(null) as Record<string, Value>, entries);
}

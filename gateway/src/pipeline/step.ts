import type { CacheControls } from "../cache/cache-controls.ts";
import type { HeaderList } from "../core/header-list.ts";
import type { RequestBody } from "../http1/request-body.ts";
import type { UpstreamTarget } from "../providers/route-upstream.ts";
import type { CompiledProvider } from "../providers/registry.ts";
import type { RetryPolicy } from "../routing/retry-policy.ts";
import type { BodyKeeper } from "./keep-body.ts";
import type { CredentialControls } from "./read-credential-controls.ts";
import type { LogControls } from "./read-log-controls.ts";

/** One target of a request: what to send where, and how often to try. */
export interface Step {
  /** 0-based place in the universal array; 0 for provider requests. */
  readonly index: number;
  readonly provider: CompiledProvider;
  readonly upstream: UpstreamTarget;
  /**
   * The target once more for other fields, where a credential may decide on it: the project of a stored key in them, or the region of one
   * that signs (null for others). Absent where neither decides anything.
   */
  readonly reroute?: (headers: HeaderList, region: string | null) => UpstreamTarget;
  /** True when the provider is asked to become a WebSocket; absent otherwise. */
  readonly isSocket?: true;
  /** True when it takes the place of a step that a budget had no room for; absent otherwise. */
  readonly isBudgetFallback?: true;
  readonly method: string;
  /** Endpoint after the provider, without query: for records. */
  readonly path: string;
  /** Bytes at hand can be sent again; a body that streams from the client is sent once. */
  readonly body: Buffer | RequestBody | null;
  readonly contentType: string | null;
  /** Model the request names, in its path or its body; null when it names none that can be read. */
  readonly model: string | null;
  readonly retry: RetryPolicy;
  readonly log: LogControls;
  readonly credential: CredentialControls;
  readonly cache: CacheControls;
  /** Keeps the beginning of a body that streams; null when it is at hand or nothing is kept. */
  readonly requestKeeper: BodyKeeper | null;
  /** Time to first byte the client asked for; null for the gateway's own bound alone. */
  readonly requestTimeoutMs: number | null;
}

import type { TokenUsage } from "../../../src/core/usage.ts";
import type { RecordedExchange } from "../../support/recordings.ts";
import type { ClientPaths } from "./client-ways.ts";
import type { VendorAnswer } from "./vendor-upstream.ts";

/** A call that is answered whole. */
export interface PlainCall {
  readonly exchange: RecordedExchange;
  /** Makes the call with a client that was given `baseUrl`; answers what a user of the client gets. */
  call(baseUrl: string, signal?: AbortSignal): Promise<unknown>;
  /** The text in what `call` answers. */
  text(result: unknown): string;
  readonly expected: string;
  /** Path and query at the upstream. */
  readonly target: string;
  /** Fields the upstream has to see, by name. */
  readonly fields: Readonly<Record<string, string | RegExp>>;
  readonly model: string;
  readonly usage: TokenUsage;
}

/** A call whose answer comes in pieces. */
export interface StreamedCall {
  readonly exchange: RecordedExchange;
  /** Events the upstream sends before it waits; the last of them carries the first text. */
  readonly heldAfterEvents: number;
  open(baseUrl: string, signal?: AbortSignal): AsyncIterable<unknown> | Promise<AsyncIterable<unknown>>;
  /** The text in one of the pieces; empty for none. */
  text(piece: unknown): string;
  /** Texts in order, empty ones left out. */
  readonly expected: readonly string[];
  readonly model: string;
  readonly usage: TokenUsage;
}

/** An error answer of the vendor and what its client makes of it. */
export interface VendorErrorCase {
  readonly answer: VendorAnswer;
  /** Name of the class that is thrown. */
  readonly thrown: string;
  /** Part of the error's message. */
  readonly says: string;
}

/** What a client makes of the gateway's own errors, which have status 400. */
export interface GatewayErrorCase {
  /** Name of the class that is thrown. */
  readonly thrown: string;
  /** What a reader is told when the provider refuses connections, and when the gateway is unknown. */
  readonly refused: RegExp;
  readonly unknown: RegExp;
  /** Where the reader of a plain call's error looks; its message unless given. */
  readonly read?: (error: Error) => string;
}

/** What a published client does, told so that the same tests can run for each of them. */
export interface ClientContract {
  /** Package. */
  readonly name: string;
  readonly slug: string;
  readonly paths: ClientPaths;
  readonly plain: PlainCall;
  /** Null for a client whose streams do not go through its base URL. */
  readonly stream: StreamedCall | null;
  readonly vendorErrors: readonly VendorErrorCase[];
  readonly gatewayError: GatewayErrorCase;
  /** Recorded exchanges the calls above can read, by their path; null when none are recorded. */
  readonly recorded: { readonly provider: string; readonly plain: RegExp; readonly stream: RegExp } | null;
}

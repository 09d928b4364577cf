import { requestOnce } from "./raw-client.ts";
import { startReplayUpstream } from "./replay-upstream.ts";
import type { ReplayUpstream } from "./replay-upstream.ts";
import { startGateway } from "./start-gateway.ts";
import type { StartedGateway } from "./start-gateway.ts";

/** An error of the gateway's own, in the form of the compat address. */
export interface CompatError {
  readonly internalCode: number;
  readonly message: string;
  readonly error: Readonly<Record<string, unknown>> & {
    readonly 0: { readonly code: number; readonly message: string };
  };
  readonly details: { readonly path?: string; readonly cause?: string; readonly explanation?: string };
}

/** An answer, read as far as tests of the compat address need it. */
export interface CompatAnswer {
  readonly status: number;
  readonly text: string;
  /** Empty when the answer is no JSON object. */
  readonly error: CompatError;
  header(name: string): string | undefined;
}

/** A gateway whose providers are folders of one replay upstream: `/openai/v1`, `/anthropic`, `/own`, and `/claude` that speaks another dialect. */
export interface CompatPair {
  readonly upstream: ReplayUpstream;
  readonly gateway: StartedGateway;
  post(
    target: string,
    body: string | Buffer,
    more?: { readonly headerLines?: readonly string[]; readonly method?: string },
  ): Promise<CompatAnswer>;
  stop(): Promise<void>;
}

/** Starts both on free ports. */
export async function startCompatPair(): Promise<CompatPair> {
  const upstream = startReplayUpstream();
  const gateway = await startGateway({
    providers: {
      openai: { base_url: `${upstream.url}/openai/v1`, dialect: null },
      anthropic: { base_url: `${upstream.url}/anthropic`, dialect: null },
      "custom-own": { base_url: `${upstream.url}/own`, dialect: null },
      "custom-claude": { base_url: `${upstream.url}/claude`, dialect: "anthropic-messages" },
    },
  });
  return {
    upstream,
    gateway,
    async post(target, body, { headerLines = [], method = "POST" } = {}) {
      const answer = await requestOnce(gateway.port, {
        method,
        target,
        headerLines: ["host: a", "content-type: application/json", ...headerLines],
        body: Buffer.from(body),
      });
      const text = answer.body.toString();
      return {
        status: answer.status,
        text,
        error: (text.startsWith("{") ? JSON.parse(text) : {}) as CompatError,
        header: answer.header,
      };
    },
    async stop() {
      await gateway.stop();
      upstream.stop();
    },
  };
}

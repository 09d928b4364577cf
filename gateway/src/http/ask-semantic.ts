import type { AlikeQuestion, SemanticAnswers } from "../cache/semantic/semantic-answers.ts";
import { comparesQuestions, semanticPaths, semanticSocketPath } from "../cache/semantic/semantic-socket.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { collectAnswer } from "../http1/collect-answer.ts";
import type { UpstreamClient } from "../http1/upstream-client.ts";

/** What it takes to ask. */
export interface AskSemanticOptions {
  readonly config: Pick<GatewayConfig, "cache">;
  readonly upstream: Pick<UpstreamClient, "send">;
  /** Null when there is no control process. */
  readonly controlSocket: string | null;
}

const MAX_ANSWER_BYTES = 65_536;
/** Besides what the search itself may take. */
const WAY_MS = 50;

/** The index of the control process, as a worker asks it; null where the configuration has none. */
export function askSemantic({ config, upstream, controlSocket }: AskSemanticOptions): SemanticAnswers | null {
  if (controlSocket === null || !comparesQuestions(config.cache)) return null;
  const origin = { secure: false, hostname: "alike", port: 0, unixPath: semanticSocketPath(controlSocket) };
  const totalMs = config.cache.semantic.timeout_ms + WAY_MS;
  const ask = async (target: string, body: object): Promise<unknown> => {
    const call = upstream.send({
      origin,
      method: "POST",
      target,
      headers: ["host", "alike", "content-type", "application/json"],
      body: Buffer.from(JSON.stringify(body)),
      timeouts: { connectMs: totalMs, firstByteMs: totalMs, idleMs: totalMs, totalMs },
    });
    const { status } = await call.response;
    const collected = await collectAnswer(call, { limitBytes: MAX_ANSWER_BYTES, accepts: () => true });
    if (collected.kind !== "whole" || status !== 200) return null;
    return JSON.parse(Buffer.concat([...collected.pieces]).toString("utf8"));
  };
  return {
    async find(question) {
      const found = await ask(semanticPaths.find, question).catch(() => null);
      return Array.isArray(found) ? (found as readonly AlikeQuestion[]) : [];
    },
    keep(question) {
      void ask(semanticPaths.keep, question).catch(() => null);
    },
    drop(key) {
      void ask(semanticPaths.drop, { key }).catch(() => null);
    },
  };
}

import { askedCompletion } from "../dialects/asked-completion.ts";
import type { Amounts } from "../limits/meet-rules.ts";
import { costOf } from "../prices/cost-of.ts";
import { estimatePromptTokens } from "../prices/estimate-prompt-tokens.ts";
import type { Gateway } from "./gateway.ts";
import type { Step } from "./step.ts";

/** Endpoints whose answers are no text of a model. */
const WITHOUT_COMPLETION = /embed|moderation|rerank|tokeni[sz]e|count_tokens|transcription/i;
/** Bytes of a body that streams, for each token. */
const BYTES_PER_TOKEN = 4;

/**
 * What a try may come to at most, before it is made: the prompt by its text, the completion by the bound that the request sets, else by what the model's
 * answers came to so far (95 of 100), of a session that much both ways, the cost by the client's own prices or the price book; 0 where nothing is known of it.
 */
export function estimateStep(gateway: Gateway, step: Step, nowMs: number): Amounts {
  const { body, model, log, provider } = step;
  const isSession = step.isSocket === true;
  const isAsking = body !== null && step.method !== "GET" && step.method !== "HEAD";
  const tokensIn = isSession ? completionTokens(gateway, step) : isAsking ? promptTokens(body) : 0;
  const isAnswered = isSession || (isAsking && model !== null && !WITHOUT_COMPLETION.test(step.path));
  const tokensOut = isAnswered ? completionTokens(gateway, step) : 0;
  const { nanoUsd } = costOf(gateway.prices, {
    provider: { slug: provider.slug, priceKey: provider.provider.priceKey },
    models: [model],
    usage: { inputTokens: tokensIn, outputTokens: tokensOut },
    atMs: nowMs,
    customCost: isAsking || isSession ? log.customCost : null,
  });
  return {
    requests: 1,
    concurrent: 1,
    tokens_in: tokensIn,
    tokens_out: tokensOut,
    tokens: tokensIn + tokensOut,
    cost: nanoUsd ?? 0,
  };
}

function promptTokens(body: NonNullable<Step["body"]>): number {
  if (Buffer.isBuffer(body)) return estimatePromptTokens(body);
  const { framing } = body;
  return framing.kind === "length" ? Math.ceil(framing.sizeBytes / BYTES_PER_TOKEN) : 0;
}

function completionTokens(gateway: Gateway, { body, provider, model }: Step): number {
  const { maxTokens, count } = Buffer.isBuffer(body) ? askedCompletion(body) : { maxTokens: null, count: 1 };
  return (maxTokens ?? gateway.completions.p95(`${provider.slug}/${model}`)) * count;
}

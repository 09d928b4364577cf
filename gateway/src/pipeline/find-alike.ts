import { canonicalJson } from "../cache/canonical-json.ts";
import { DEFAULT_THRESHOLD, questionLength } from "../cache/semantic/semantic-answers.ts";
import { cutQuestion } from "../dialects/cut-question.ts";
import type { AnswerHead, CacheKey } from "../stores/ports/cache-store.ts";
import type { Admitted } from "./authenticate.ts";
import type { CacheHit } from "./cache-hit.ts";
import type { AlikeKeys, RequestForm, StepKeys } from "./cache-keys.ts";
import { convertCached } from "./convert-cached.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import type { Step } from "./step.ts";

/** A question that may be answered by what was answered to one alike. */
export interface Alike {
  readonly threshold: number;
  readonly text: string;
  readonly partition: CacheKey;
  readonly variant: string;
}

/** Bodies above this are not read for their question. */
const MAX_BODY_BYTES = 512 * 1024;

const nothing = (): null => null;

/**
 * Tells the question of a step, where answers to questions alike may serve it: its gateway or the request says so, it asks with one text, and nothing
 * else in it is unknown. Null for all others. It is read when it is told for the first time.
 */
export function alikeOf(
  { gateway }: Exchange,
  { settings }: Admitted,
  { step, alike }: Pick<StepKeys, "alike"> & { readonly step: Step },
): () => Alike | null {
  const asked = step.cache.semantic ?? settings.cache_semantic;
  if (asked === null || asked === false || gateway.semantic === null || alike === null) return nothing;
  const threshold = asked === true ? (settings.cache_semantic ?? DEFAULT_THRESHOLD) : asked;
  let told: Alike | null | undefined;
  return () => (told === undefined ? (told = readAlike(step, alike, threshold)) : told);
}

function readAlike(step: Step, alike: AlikeKeys, threshold: number): Alike | null {
  if (alike.body.length > MAX_BODY_BYTES) return null;
  const question = cutQuestion(step.upstream.dialect, parsed(alike.body));
  if (question === null) return null;
  const text = question.text.trim();
  if (text.length < questionLength.least || text.length > questionLength.most) return null;
  const rest = canonicalJson(Buffer.from(JSON.stringify(question.rest)), []);
  if (rest === null) return null;
  return { threshold, text, partition: alike.partitionOf(rest), variant: alike.variant };
}

/** What an answer has to fit. */
export interface AlikeTerms {
  readonly step: Step;
  readonly origin: string;
  readonly form: RequestForm | null;
  readonly alike: () => Alike | null;
}

/** The answer to the nearest question alike that is still there; null where there is none, or nobody could tell in time. */
export async function findAlike(
  { gateway }: Exchange,
  { step, origin, form, alike: read }: AlikeTerms,
): Promise<CacheHit | null> {
  const { cache, semantic, clock } = gateway;
  const alike = read();
  if (alike === null || cache === null || semantic === null) return null;
  for (const { key, variant, similarity } of await semantic.find(alike)) {
    const answer = await cache.get(key, clock.nowMs());
    if (answer === null) semantic.drop(key);
    if (answer === null || answer.head.origin !== origin || answer.head.freshUntilMs <= clock.nowMs()) continue;
    if (variant !== alike.variant && !hasAllOf(variant, form)) continue;
    const shown = form === null ? answer : convertCached(answer, form.of, form.asked);
    if (shown !== null) return { step, answer: shown, similarity };
  }
  return null;
}

/** Whether an answer that was asked for in another form can be put into this one. */
function hasAllOf(variant: string, form: RequestForm | null): boolean {
  if (form === null) return false;
  return variant.startsWith("json") || (form.asked.kind === "json" && variant === `stream ${form.of.fullOptions}`);
}

/** Tells of an answer that was cached, for questions alike; null where it serves none. */
export function keepAlike(
  { semantic }: Gateway,
  alike: Alike | null,
  key: CacheKey,
): ((head: Pick<AnswerHead, "freshUntilMs" | "stamp">) => void) | null {
  if (alike === null || semantic === null) return null;
  const { partition, text, variant } = alike;
  return ({ freshUntilMs, stamp }) =>
    semantic.keep({ partition, key, variant, text, expiresAtMs: freshUntilMs, stamp });
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
}

import type { AnswerCache } from "../cache/answer-cache.ts";
import type { Joined } from "../cache/flights.ts";
import { lifetimeSeconds } from "../cache/lifetime.ts";
import { GatewayError } from "../core/errors.ts";
import type { StoredAnswer } from "../stores/ports/cache-store.ts";
import { touchesState } from "../providers/touches-state.ts";
import { type AnswerLead, leadAnswer } from "./answer-lead.ts";
import type { Admitted } from "./authenticate.ts";
import type { CacheHit } from "./cache-hit.ts";
import { cacheRuleOf } from "./cache-rule-of.ts";
import { type CachedStep, keysOf, namesOf, type StepKeys } from "./cache-keys.ts";
import { convertCached } from "./convert-cached.ts";
import type { SharedStream } from "./deliver-shared.ts";
import type { Exchange } from "./exchange.ts";
import { type Alike, alikeOf, findAlike, keepAlike } from "./find-alike.ts";
import { followAnswer, type FollowedAnswer } from "./follow-answer.ts";
import type { Resolved } from "./resolve.ts";
import type { Step } from "./step.ts";

/**
 * Whether the answer to a request is to be cached, as far as its headers say it (reference §3): its body is then needed whole.
 */
export function wantsCache(
  { account, gatewayId, settings }: Pick<Resolved, "account" | "gatewayId" | "settings">,
  step: Pick<Step, "cache" | "method">,
): boolean {
  if (step.method !== "POST") return false;
  return lifetimeOf(settings.cache_ttl, step) !== null || account.cacheRulesOf(gatewayId) !== null;
}

/** What is looked up. */
interface Question extends Omit<StepKeys, "alike"> {
  readonly step: Step;
  readonly lifetimeSeconds: number;
  /** Seconds beyond its lifetime that an answer may be served. */
  readonly whileRevalidateSeconds: number;
  readonly ifErrorSeconds: number;
  /** Names under which the answer can be purged; needed only where it is got anew. */
  readonly names: () => readonly string[];
  /** Whether an error that an equal request met is its own answer, too: there is no other try and no other step. */
  readonly isOnlyTry: boolean;
  /** What it asks, where the answer to a question alike may serve it; null where it may not. Not needed where it is answered. */
  readonly alike: () => Alike | null;
}

/**
 * Looks for an answer that was given before, or is on its way to an equal request (reference §3). Where there is none, this
 * request leads: `exchange.lead` takes the answer in as it is delivered, for the cache and for those who wait for it. What only its maker may
 * have, such as a response that is kept at the provider, is cached only where the client names a key itself.
 * @returns the answer; null when the provider has to be asked.
 * @throws GatewayError upstreamFailed or upstreamTimeout (2005) that the request it waited for met twice.
 */
export function lookUpCache(
  exchange: Exchange,
  admitted: Admitted,
  steps: readonly Step[],
): null | Promise<CacheHit | SharedStream | null> {
  const [step] = steps;
  const { cache } = exchange.gateway;
  if (cache === null || step === undefined || exchange.isSocket) return null;
  if (!Buffer.isBuffer(step.body) || !wantsCache(admitted, step)) return null;
  return lookUp(exchange, admitted, steps as readonly [CachedStep, ...Step[]]);
}

async function lookUp(
  exchange: Exchange,
  admitted: Admitted,
  steps: readonly [CachedStep, ...Step[]],
): Promise<CacheHit | SharedStream | null> {
  const [step] = steps;
  const { settings } = admitted;
  const cache = exchange.gateway.cache as AnswerCache;
  const rule = cacheRuleOf(exchange, admitted, step);
  const seconds = rule?.skip === true ? null : lifetimeOf(rule?.ttl ?? settings.cache_ttl, step);
  if (seconds === null) return null;
  const isMakersOwn = (): boolean => step.cache.name === null && touchesState(step.path, step.body);
  // Under a key of everything that is sent there is no answer to such a request; a rule may leave out what makes it one.
  if (rule !== null && isMakersOwn()) return null;
  const keys = keysOf(step, { keys: cache.keys, admitted, rule });
  const question: Question = {
    step,
    ...keys,
    lifetimeSeconds: seconds,
    whileRevalidateSeconds: step.cache.whileRevalidateSeconds ?? settings.cache_stale_while_revalidate ?? 0,
    ifErrorSeconds: step.cache.ifErrorSeconds ?? settings.cache_stale_if_error ?? 0,
    names: () => namesOf(admitted, step),
    isOnlyTry: steps.length === 1 && step.retry.maxAttempts === 1,
    alike: alikeOf(exchange, admitted, { step, alike: keys.alike }),
  };
  exchange.stale = null;
  const finding = step.cache.isSkipped ? null : find(exchange, question);
  const found = finding instanceof Promise ? await finding : finding;
  if (found !== null && found.answer.head.freshUntilMs > exchange.gateway.clock.nowMs()) return found;
  if (rule === null && isMakersOwn()) return null;
  if (step.cache.isSkipped) return take(exchange, question);
  const other = await findOther(exchange, question);
  if (other !== null) return other;
  if (found === null) return (await findAlike(exchange, question)) ?? take(exchange, question);
  const staleMs = exchange.gateway.clock.nowMs() - found.answer.head.freshUntilMs;
  if (staleMs < question.whileRevalidateSeconds * 1000) {
    const joining = join(exchange, question);
    const terms = joining instanceof Promise ? await joining : joining;
    return { ...found, ...renewal(exchange, question, { ...terms, steps }) };
  }
  if (staleMs < question.ifErrorSeconds * 1000) exchange.stale = { ...found, staleFor: "error" };
  return take(exchange, question);
}

/** Serves what is beyond its lifetime, while a new answer is got unless another request is at it. */
function renewal(
  exchange: Exchange,
  question: Question,
  { steps, joined, stamp }: Joining & { readonly steps: readonly Step[] },
): Pick<CacheHit, "staleFor" | "revalidation"> {
  if (joined.kind === "follows") joined.follower.leave();
  if (joined.kind !== "leads") return { staleFor: "revalidate" };
  return { staleFor: "revalidate", revalidation: { steps, lead: lead(exchange, question, { joined, stamp }) } };
}

function lead(
  { gateway }: Exchange,
  { step, key, alike, origin, lifetimeSeconds: seconds, whileRevalidateSeconds, ifErrorSeconds }: Question,
  { joined, stamp }: { readonly joined: Extract<Joined, { kind: "leads" }>; readonly stamp: readonly number[] },
): AnswerLead {
  const staleSeconds = Math.max(whileRevalidateSeconds, ifErrorSeconds);
  const onKept = keepAlike(gateway, alike(), key);
  return leadAnswer(gateway, joined.writer, { step, lifetimeSeconds: seconds, staleSeconds, origin, stamp, onKept });
}

function find({ gateway }: Exchange, question: Question): CacheHit | null | Promise<CacheHit | null> {
  const found = (gateway.cache as AnswerCache).get(question.key, gateway.clock.nowMs());
  return found instanceof Promise ? found.then((answer) => hitOf(answer, question)) : hitOf(found, question);
}

function hitOf(answer: StoredAnswer | null, { step, origin, form }: Question): CacheHit | null {
  if (answer === null || answer.head.origin !== origin) return null;
  // Under a name of the client's own both forms meet.
  if (step.cache.name === null || form === null) return { step, answer };
  return { step, answer: convertCached(answer, form.of, form.asked) ?? answer };
}

/** The answer in its other form, put into the one asked for. */
async function findOther({ gateway }: Exchange, question: Question): Promise<CacheHit | null> {
  const { step, origin, form, otherKey } = question;
  if (otherKey === null || form === null) return null;
  const nowMs = gateway.clock.nowMs();
  const other = await (gateway.cache as AnswerCache).get(otherKey(), nowMs);
  if (other === null || other.head.origin !== origin || other.head.freshUntilMs <= nowMs) return null;
  const answer = convertCached(other, form.of, form.asked);
  return answer === null ? null : { step, answer };
}

/** The answer as long as it lives. */
async function findFresh(exchange: Exchange, question: Question): Promise<CacheHit | null> {
  const found = await find(exchange, question);
  return found !== null && found.answer.head.freshUntilMs > exchange.gateway.clock.nowMs() ? found : null;
}

interface Joining {
  readonly joined: Joined;
  /** From before the provider is asked. */
  readonly stamp: readonly number[];
}

/** A promise only where the cache cannot tell at once. */
function join({ gateway }: Exchange, { names, key }: Question): Joining | Promise<Joining> {
  const cache = gateway.cache as AnswerCache;
  const stamp = cache.stamp(names());
  if (stamp instanceof Promise) return stamp.then(async (told) => ({ stamp: told, joined: await cache.join(key) }));
  const joined = cache.join(key);
  return joined instanceof Promise ? joined.then((told) => ({ stamp, joined: told })) : { stamp, joined };
}

/** Becomes the request that asks the provider, or waits for the one that does. */
async function take(exchange: Exchange, question: Question): Promise<CacheHit | SharedStream | null> {
  const { step } = question;
  for (let failures = 0; ;) {
    const joining = join(exchange, question);
    const { joined, stamp } = joining instanceof Promise ? await joining : joining;
    if (step.cache.isSkipped && joined.kind === "follows") {
      joined.follower.leave();
      return null;
    }
    // Between the look and the joining it may have come.
    const found = step.cache.isSkipped || joined.kind === "follows" ? null : await findFresh(exchange, question);
    if (joined.kind === "leads") {
      if (found !== null) joined.writer.discard({ reason: "vacated" });
      else exchange.lead = lead(exchange, question, { joined, stamp });
    }
    if (joined.kind !== "follows") return found;
    const followed = await followAnswer(exchange, joined.follower);
    if (followed.kind === "streams") return { step, head: followed.head, follower: followed.follower };
    if (followed.kind === "whole") {
      const whole = await findFresh(exchange, question);
      if (whole !== null) return whole;
    } else {
      const told = toldFailure(exchange, question, followed);
      if (told === "alone") return null;
      if (told === "again") continue;
      failures += 1;
      // One of those who waited tries once more; its failure is everybody's.
      if (failures === 1 && told.isRetryable) continue;
      if (exchange.stale !== null && told.isRetryable) return exchange.stale;
      if (!question.isOnlyTry) return null;
      return told.answer();
    }
  }
}

interface ToldFailure {
  readonly isRetryable: boolean;
  /** @throws GatewayError where no answer came. */
  answer(): CacheHit;
}

function toldFailure(
  exchange: Exchange,
  { step }: Question,
  followed: Extract<FollowedAnswer, { readonly kind: "error" | "none" }>,
): ToldFailure | "again" | "alone" {
  if (followed.kind === "error") {
    const { head, pieces, isRetryable } = followed;
    const sizeBytes = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const tail = { model: null, usage: null, costNanoUsd: null };
    return { isRetryable, answer: () => ({ step, answer: { head, tail, pieces, sizeBytes }, isError: true }) };
  }
  const { reason, error } = followed.end;
  if (reason === "vacated") return "again";
  if (reason === "unsuitable" || error === undefined) return "alone";
  return {
    isRetryable: true,
    answer() {
      const { isTimeout, ...details } = error;
      throw new GatewayError(isTimeout ? "upstreamTimeout" : "upstreamFailed", {
        ...details,
        attempts: exchange.attempts,
      });
    },
  };
}

/** Seconds that the answer to a step is kept; null when it is not cached. @param gatewaySeconds of its rule, else of its gateway. */
export function lifetimeOf(gatewaySeconds: number | null, { cache }: Pick<Step, "cache">): number | null {
  return lifetimeSeconds({ gatewaySeconds, askedSeconds: cache.lifetimeSeconds, isNamed: cache.name !== null });
}

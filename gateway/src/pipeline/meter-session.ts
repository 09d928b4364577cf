import { newId } from "../core/ids.ts";
import { passedThresholds } from "../limits/budget-threshold.ts";
import type { LimitRule, RequestFacts } from "../limits/limit-rule.ts";
import { type Amounts, type MetRules, refusalOf, takeOf } from "../limits/meet-rules.ts";
import { costOf } from "../prices/cost-of.ts";
import type { SessionReading } from "../streaming/session-tap.ts";
import type { Reservation, Settled, Take } from "../stores/ports/counter-store.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import type { Reserved } from "./reserve.ts";
import type { Step } from "./step.ts";

/** What a session begins with. */
export interface SessionStart {
  readonly step: Step;
  readonly facts: RequestFacts;
  /** All rules of tokens and money, those among them that concern the session by what is known of it, and what is reserved of these. */
  readonly rules: readonly LimitRule[];
  readonly renewed: MetRules;
  readonly held: Reservation | null;
  /** What is held until the session is over. */
  readonly kept: Reservation | null;
}

/** A rule, and how far the session has come in it. Whole units of its metric. */
interface Share {
  readonly rule: LimitRule;
  readonly facts: RequestFacts;
  /** Of what the session used, the part that is settled. */
  counted: number;
  /** What is reserved for what comes next: the estimate, or as much as was used at once before. */
  next: number;
}

/**
 * Counts a session while it runs: whenever the provider tells usage it is settled, and as much is reserved for what comes next. Usage that the provider
 * tells nothing of counts as nothing.
 */
export function meterSession(
  { gateway }: Exchange,
  { step, facts, rules, renewed, held, kept }: SessionStart,
): Reserved {
  const { counters, completions, clock } = gateway;
  let shares = renewed.rules.map((rule, index): Share => ({
    rule,
    facts,
    counted: 0,
    next: renewed.takes[index]?.amount ?? 0,
  }));
  let reservation = held;
  let isOver = false;
  let toldTokens = 0;
  let last = Promise.resolve();
  const inTurn = (work: () => Promise<void>): void => void (last = last.then(work));
  const takes = (amountOf: (share: Share) => number, mode?: Take["mode"]): Take[] =>
    shares.map((share) => {
      const take = takeOf(share.rule, share.facts, { amounts: evenly(amountOf(share)), nowMs: clock.nowMs() });
      return mode === undefined ? take : { ...take, mode };
    });

  /** Settles what was used since, in the rules that something is reserved in. */
  async function count(used: Amounts): Promise<void> {
    const settled = shares.slice(0, reservation?.size ?? 0);
    const amounts = settled.map((share) => openPart(share, used));
    const changes = reservation === null ? null : await counters.settle(reservation, amounts);
    reservation = null;
    for (const [index, share] of settled.entries()) {
      share.counted += amounts[index] ?? 0;
      share.next = Math.max(share.next, amounts[index] ?? 0);
      tellThresholds(gateway, share, changes?.[index]);
    }
  }

  /** Rules about models come to hold once the session names its own. */
  function meetModel(model: string | null): void {
    if (facts.model !== "" || model === null) return;
    const known = new Set(shares.map(({ rule }) => rule));
    const unmet = rules.filter((rule) => !known.has(rule));
    shares = [...shares, ...sharesOf(unmet, { ...facts, model })];
  }

  return {
    progress: (reading, onRefused) =>
      inTurn(async () => {
        if (isOver) return;
        const used = usedBy(gateway, step, reading);
        completions.observe(`${facts.provider}/${facts.model}`, Math.max(0, used.tokens_out - toldTokens));
        toldTokens = used.tokens_out;
        await count(used);
        meetModel(reading.model);
        const met = {
          rules: shares.map(({ rule }) => rule),
          takes: takes((share) => openPart(share, used) + share.next),
        };
        const answer = await counters.take(met.takes, clock.nowMs());
        ({ reservation } = answer);
        if (!answer.isAdmitted) onRefused(refusalOf(met, answer));
      }),
    settle: ({ usage, answerModel, cost }) =>
      inTurn(async () => {
        isOver = true;
        meetModel(answerModel);
        const used = { ...usedBy(gateway, step, { usage, model: answerModel }), cost: cost.nanoUsd ?? 0 };
        await count(used);
        if (shares.some((share) => openPart(share, used) > 0)) {
          // Nothing was reserved for it after a refusal, and it was used all the same.
          const uncounted = takes(() => 0, "count");
          ({ reservation } = await counters.take(uncounted, clock.nowMs()));
          await count(used);
        }
        if (kept !== null)
          await counters.settle(
            kept,
            Array.from({ length: kept.size }, () => null),
          );
      }),
  };
}

/** The rules that concern a session of these facts, with nothing counted or reserved. */
function sharesOf(rules: readonly LimitRule[], facts: RequestFacts): Share[] {
  return rules.flatMap((rule) => (rule.mismatch(facts) === null ? [{ rule, facts, counted: 0, next: 0 }] : []));
}

function tellThresholds({ clock, onEvent }: Gateway, { rule, facts }: Share, change: Settled | undefined): void {
  const settled = change === undefined ? null : [change];
  for (const event of passedThresholds({ rules: [rule] }, settled, { facts, nowMs: clock.nowMs(), newId }))
    onEvent(event);
}

/** What is used and not settled yet. */
function openPart({ rule, counted }: Share, used: Amounts): number {
  return Math.max(0, used[rule.metric] - counted);
}

function usedBy({ prices, clock }: Gateway, step: Step, { usage, model }: SessionReading): Amounts {
  const { inputTokens = 0, outputTokens = 0 } = usage ?? {};
  const { slug, provider } = step.provider;
  const { nanoUsd } = costOf(prices, {
    provider: { slug, priceKey: provider.priceKey },
    models: [model, step.model],
    usage,
    atMs: clock.nowMs(),
    customCost: step.log.customCost,
  });
  const tokens = inputTokens + outputTokens;
  return { ...evenly(0), tokens_in: inputTokens, tokens_out: outputTokens, tokens, cost: nanoUsd ?? 0 };
}

function evenly(amount: number): Amounts {
  return {
    requests: amount,
    concurrent: amount,
    tokens_in: amount,
    tokens_out: amount,
    tokens: amount,
    cost: amount,
  };
}

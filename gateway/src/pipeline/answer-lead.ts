import type { LeadingWriter } from "../cache/flights.ts";
import { isCacheableHead, keptFields, maxAnswerBytes } from "../cache/cacheable-answer.ts";
import type { ExchangeOutcome, ExchangeRecord } from "../core/exchange.ts";
import type { UpstreamResponse } from "../http1/upstream-call.ts";
import type { AnswerEnd, AnswerHead } from "../stores/ports/cache-store.ts";
import type { Gateway } from "./gateway.ts";
import type { Step } from "./step.ts";

/** What is settled about an entry before there is an answer to put into it. */
export interface LeadTerms {
  readonly step: Step;
  readonly lifetimeSeconds: number;
  /** Beyond its lifetime. */
  readonly staleSeconds: number;
  readonly origin: string;
  readonly stamp: readonly number[];
  /** Told when the answer is in the cache; null for nobody. */
  readonly onKept: ((head: Pick<AnswerHead, "freshUntilMs" | "stamp">) => void) | null;
}

/** The answer of one step on its way into the cache, and to those who asked the same meanwhile. */
export interface AnswerLead {
  /** The step whose answer it takes. */
  readonly step: Step;
  /** Whether somebody else waits for it. */
  readonly isFollowed: boolean;
  /** The provider's head came; an answer that is not to be cached is let go here. */
  begin(response: UpstreamResponse): void;
  add(chunk: Buffer): void;
  /** The answer is over. @param outcome of the provider's answer, whatever became of the client. */
  settle(outcome: ExchangeOutcome, record: ExchangeRecord): void;
  /** Nothing will come, or nothing more. Does nothing once it was settled. */
  letGo(end: AnswerEnd): void;
}

/** Leads an answer into `writer`: all of it and only if it is whole, no error and not too large, or none of it. */
export function leadAnswer(gateway: Gateway, writer: LeadingWriter, terms: LeadTerms): AnswerLead {
  const { clock } = gateway;
  let isOpen = true;
  let isBegun = false;
  let isError = false;
  let sizeBytes = 0;
  let firstAtMs = 0;
  let freshUntilMs = 0;
  const letGo = (end: AnswerEnd): void => {
    if (!isOpen) return;
    isOpen = false;
    writer.discard(end);
  };
  return {
    step: terms.step,
    get isFollowed() {
      return isOpen && writer.isFollowed;
    },
    begin({ status, headers, framing }) {
      isError = status >= 400;
      // Where only the end of the connection ends a body, nobody can tell a whole one from a cut one.
      if (!isError && (framing.kind === "close" || !isCacheableHead(status, headers))) {
        return letGo({ reason: "unsuitable" });
      }
      const { origin, stamp, lifetimeSeconds, staleSeconds } = terms;
      const storedAtMs = clock.nowMs();
      freshUntilMs = storedAtMs + lifetimeSeconds * 1000;
      const times = { storedAtMs, freshUntilMs, usableUntilMs: freshUntilMs + staleSeconds * 1000 };
      isBegun = true;
      writer.begin({ status, headers: keptFields(headers), ...times, origin, stamp });
    },
    add(chunk) {
      if (!isOpen || !isBegun) return;
      if (sizeBytes === 0) firstAtMs = clock.monotonicMs();
      sizeBytes += chunk.length;
      if (sizeBytes > maxAnswerBytes) letGo({ reason: "unsuitable" });
      else writer.add({ bytes: chunk, atMs: clock.monotonicMs() - firstAtMs });
    },
    settle(outcome, { answerModel, usage, cost }) {
      if (!isOpen) return;
      if (isError || !isBegun || outcome !== "complete") {
        return letGo({ reason: outcome === "client_aborted" ? "vacated" : "failed" });
      }
      isOpen = false;
      const committed = writer.commit({ model: answerModel, usage, costNanoUsd: cost.nanoUsd });
      const { onKept, stamp } = terms;
      if (onKept !== null) void Promise.resolve(committed).then(() => onKept({ freshUntilMs, stamp }));
    },
    letGo,
  };
}

import { isCacheableHead, keptFields, maxAnswerBytes } from "../cache/cacheable-answer.ts";
import type { ExchangeRecord } from "../core/exchange.ts";
import type { UpstreamResponse } from "../http1/upstream-call.ts";
import type { AnswerWriter } from "../stores/ports/cache-store.ts";
import type { Gateway } from "./gateway.ts";
import type { Step } from "./step.ts";

/** What is settled about an entry before there is an answer to put into it. */
export interface LeadTerms {
  readonly step: Step;
  readonly lifetimeSeconds: number;
  readonly origin: string;
  readonly stamp: readonly number[];
}

/** The answer of one step on its way into the cache. */
export interface AnswerLead {
  /** The step whose answer it takes. */
  readonly step: Step;
  /** The provider's head came; an answer that is not to be cached is let go here. */
  begin(response: UpstreamResponse): void;
  add(chunk: Buffer): void;
  /** The answer is over as the record tells. */
  settle(record: ExchangeRecord): void;
  /** Nothing will come, or nothing more. Does nothing once it was settled. */
  letGo(): void;
}

/** Leads an answer into `writer`: all of it and only if it is whole, no error and not too large, or none of it. */
export function leadAnswer(gateway: Gateway, writer: AnswerWriter, terms: LeadTerms): AnswerLead {
  const { clock } = gateway;
  let isOpen = true;
  let isBegun = false;
  let sizeBytes = 0;
  let firstAtMs = 0;
  const letGo = (): void => {
    if (!isOpen) return;
    isOpen = false;
    writer.discard();
  };
  return {
    step: terms.step,
    begin({ status, headers, framing }) {
      // Where only the end of the connection ends a body, nobody can tell a whole one from a cut one.
      if (framing.kind === "close" || !isCacheableHead(status, headers)) return letGo();
      const storedAtMs = clock.nowMs();
      const freshUntilMs = storedAtMs + terms.lifetimeSeconds * 1000;
      const { origin, stamp } = terms;
      isBegun = true;
      writer.begin({
        status,
        headers: keptFields(headers),
        storedAtMs,
        freshUntilMs,
        usableUntilMs: freshUntilMs,
        origin,
        stamp,
      });
    },
    add(chunk) {
      if (!isOpen || !isBegun) return;
      if (sizeBytes === 0) firstAtMs = clock.monotonicMs();
      sizeBytes += chunk.length;
      if (sizeBytes > maxAnswerBytes) letGo();
      else writer.add({ bytes: chunk, atMs: clock.monotonicMs() - firstAtMs });
    },
    settle({ outcome, answerModel, usage, cost }) {
      if (!isOpen) return;
      if (!isBegun || outcome !== "complete") return letGo();
      isOpen = false;
      writer.commit({ model: answerModel, usage, costNanoUsd: cost.nanoUsd });
    },
    letGo,
  };
}

import type { StoredAnswer } from "../stores/ports/cache-store.ts";
import type { AnswerLead } from "./answer-lead.ts";
import type { Step } from "./step.ts";

/** A cached answer to a step, or one that was got for an equal request at the same time. */
export interface CacheHit {
  readonly step: Step;
  readonly answer: StoredAnswer;
  /** True for a provider's error that is passed on to those who waited with the one that asked. */
  readonly isError?: boolean;
  /** Cosine of its question and the one asked, where that was another one; absent for equal requests. */
  readonly similarity?: number;
  /** Why an answer beyond its lifetime is served; absent for others. */
  readonly staleFor?: "revalidate" | "error";
  /** What is to be asked of providers in the background to replace it; absent for nothing. */
  readonly revalidation?: { readonly steps: readonly Step[]; readonly lead: AnswerLead };
}

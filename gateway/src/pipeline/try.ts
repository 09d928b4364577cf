import type { Admitted } from "./authenticate.ts";
import type { StepCredentials } from "./choose-credential.ts";
import type { Exchange } from "./exchange.ts";
import type { Step } from "./step.ts";

/** One try of a step: with what, and what may come after it. */
export interface Try {
  readonly exchange: Exchange;
  readonly resolved: Admitted;
  readonly step: Step;
  readonly credentials: StepCredentials;
  /** 1-based within its step, keys of a pool counted. */
  readonly number: number;
  /** Whether the step was tried before, other keys of its pool not counted. */
  readonly isRepeat: boolean;
  /** Whether anything can take its place: another try, another step, an older answer. */
  readonly hasAlternative: boolean;
}

import { headerValue, type HeaderList } from "../core/header-list.ts";
import type { TokenUsage } from "../core/usage.ts";
import type { CountField, Dialect, UsagePlan, UsageRules } from "./dialect.ts";
import { isRecord, parsePath, readText, walkPath, type Path } from "./read-path.ts";

/** The rules with their paths parsed, once for all answers. */
export function planUsage(rules: UsageRules): UsagePlan {
  const counts = Object.entries(rules.counts) as [CountField, readonly (readonly string[])[]][];
  return {
    rules,
    at: rules.at.map((path) => parsePath(path)),
    counts: counts.map(([field, rule]) => ({ field, terms: rule.map((term) => term.map((path) => parsePath(path))) })),
    serviceTier: (rules.serviceTier ?? []).map((path) => parsePath(path)),
    serviceTierInBody: (rules.serviceTierInBody ?? []).map((path) => parsePath(path)),
    reportedCost: (rules.reportedCost ?? []).map(({ path, nanoUsdPerUnit }) => ({
      path: parsePath(path),
      nanoUsdPerUnit,
    })),
  };
}

type Members = Readonly<Record<string, unknown>>;
const NOTHING: Members = {};

/** Gathers what the pieces of one answer of a dialect tell about its usage and model. */
export class UsageReader {
  readonly #dialect: Pick<Dialect, "usage" | "modelPaths">;
  /** What was told so far; an object of the answer itself until a second one has to be merged in. */
  #told: Members = NOTHING;
  #model: string | null = null;
  #tierInBody: string | null = null;

  /** @param headers of the answer. */
  constructor(dialect: Pick<Dialect, "usage" | "modelPaths">, headers: HeaderList) {
    this.#dialect = dialect;
    for (const name of dialect.usage.rules.headers ?? []) {
      const value = headerValue(headers, name);
      if (value !== undefined && /^\d{1,15}$/.test(value)) this.#told = { ...this.#told, [name]: Number(value) };
    }
  }

  /** Takes in one parsed body or stream event. */
  note(body: unknown): void {
    const { rules, at, serviceTierInBody } = this.#dialect.usage;
    this.#model ??= readText(body, this.#dialect.modelPaths);
    this.#tierInBody = readText(body, serviceTierInBody) ?? this.#tierInBody;
    for (const path of at) {
      const found = walkPath(body, path, 0);
      if (isRecord(found)) this.#told = this.#told === NOTHING ? found : merged(this.#told, found, rules.merge);
    }
  }

  /** The usage by the dialect's rules; null when nothing told any. */
  usage(): TokenUsage | null {
    return this.#told === NOTHING ? null : interpret(this.#dialect.usage, this.#told, this.#tierInBody);
  }

  /** The model's name as the answer told it first; null when it did not. */
  model(): string | null {
    return this.#model;
  }
}

function merged(told: Members, found: Members, merge: UsageRules["merge"]): Members {
  const result: Record<string, unknown> = { ...told };
  for (const [name, value] of Object.entries(found)) {
    if (value === null || value === undefined) continue;
    const isRepeatedAsZero = merge === "last-positive" && value === 0 && typeof result[name] === "number";
    if (!isRepeatedAsZero) result[name] = value;
  }
  return result;
}

function interpret(plan: UsagePlan, told: Members, tierInBody: string | null): TokenUsage | null {
  const usage: { -readonly [Name in keyof TokenUsage]: TokenUsage[Name] } = {};
  let isEmpty = true;
  for (const { field, terms } of plan.counts) {
    const count = readCount(told, terms);
    if (count === null) continue;
    isEmpty = false;
    usage[field] = field === "audioSeconds" ? count : Math.round(count);
  }
  const cost = readCost(plan, told);
  if (cost !== null) usage.reportedCostNanoUsd = cost;
  if (isEmpty && cost === null) return null;
  if (plan.rules.reasoningMayBeApart === true && isReasoningApart(usage)) {
    usage.outputTokens = (usage.outputTokens ?? 0) + (usage.outputReasoningTokens ?? 0);
  }
  const tier = readText(told, plan.serviceTier) ?? tierInBody;
  if (tier !== null) usage.serviceTier = tier;
  return usage;
}

function readCount(told: Members, terms: readonly (readonly Path[])[]): number | null {
  let sum: number | null = null;
  for (const term of terms) {
    for (const path of term) {
      // Most spellings are of other vendors: their first step is missing, which ends the search at once.
      if (typeof path[0] === "string" && told[path[0]] === undefined) continue;
      const value = walkPath(told, path, 0);
      if (!isCount(value)) continue;
      sum = (sum ?? 0) + value;
      break;
    }
  }
  return sum;
}

function readCost(plan: UsagePlan, told: Members): number | null {
  for (const { path, nanoUsdPerUnit } of plan.reportedCost) {
    const value = walkPath(told, path, 0);
    if (isCount(value)) return Math.round(value * nanoUsdPerUnit);
  }
  return null;
}

function isReasoningApart(usage: TokenUsage): boolean {
  const { inputTokens = 0, outputTokens = 0, outputReasoningTokens = 0, totalTokens } = usage;
  return outputReasoningTokens > 0 && totalTokens === inputTokens + outputTokens + outputReasoningTokens;
}

/** Vendors' numbers are taken when they can be a count at all; anything else is as if it had not been said. */
function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

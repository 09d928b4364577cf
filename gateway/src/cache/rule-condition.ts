import { Environment, type ParseResult } from "@marcbachmann/cel-js";
import { findCall } from "../core/find-call.ts";

/** What conditions of cache rules may ask about. */
export interface CacheFacts {
  readonly gateway: string;
  readonly provider: string;
  readonly model: string;
  readonly path: string;
  /** Who asks, as the log tells it; empty for nobody. */
  readonly user: string;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  /** Fields of the request by lower-case name, credentials left out; of a repeated field the last. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body; an empty object for others. */
  readonly body: unknown;
}

/** Whether a condition holds. One that asks for what is not there does not. */
export type RuleCondition = (facts: CacheFacts) => boolean;

/** Longest condition. */
export const MAX_CONDITION_LENGTH = 2000;

const texts = ["gateway", "provider", "model", "path", "user"] as const;
const LIMITS = { maxAstNodes: 500, maxDepth: 50, maxListElements: 100, maxMapEntries: 100, maxCallArguments: 16 };
/** Its patterns can take a second for one request, and everybody else waits. */
const NO_MATCHES = "matches is not supported; use startsWith, endsWith or contains";

/**
 * Compiles a condition in the Common Expression Language (https://cel.dev).
 * @returns in place of the condition what is wrong with it, with line and column.
 */
export function compileCondition(text: string): RuleCondition | string {
  let parsed: ParseResult;
  try {
    parsed = createEnvironment().parse(text);
  } catch (error) {
    return faultOf(text, error);
  }
  const matchesAt = findCall(parsed.ast, "matches");
  if (matchesAt !== null) return faultText(text, NO_MATCHES, matchesAt);
  const checked = parsed.check();
  if (!checked.valid) return faultOf(text, checked.error);
  if (checked.type !== "bool" && checked.type !== "dyn") {
    return faultText(text, `expected a condition, this expression gives ${checked.type ?? "nothing"}`, 0);
  }
  return (facts) => {
    try {
      return parsed({ ...facts }) === true;
    } catch {
      return false;
    }
  };
}

/**
 * Why a condition does not hold: the first of its parts (what stands between `&&`) that is not so, or asks for what is not there. Null
 * when it holds.
 */
export function explainCondition(text: string, facts: CacheFacts): string | null {
  const condition = compileCondition(text);
  if (typeof condition === "string") return condition;
  if (condition(facts)) return null;
  const { ast } = createEnvironment().parse(text);
  for (const part of conjuncts(ast)) {
    const shown = text.slice(part.start, part.end);
    try {
      if (createEnvironment().parse(shown)({ ...facts }) !== true) return `${shown} is not so`;
    } catch (error) {
      return `${shown} asks for what is not there: ${(error as Error).message.split("\n", 1)[0]}`;
    }
  }
  return `${text} is not so`;
}

interface AstPart {
  readonly start: number;
  readonly end: number;
}

function conjuncts(node: unknown): readonly AstPart[] {
  const { op, args, start, end } = node as AstPart & { readonly op: string; readonly args: readonly unknown[] };
  return op === "&&" ? args.flatMap(conjuncts) : [{ start, end }];
}

function createEnvironment(): Environment {
  const environment = new Environment({ limits: LIMITS, unlistedVariablesAreDyn: false });
  for (const name of texts) environment.registerVariable(name, "string");
  environment.registerVariable("metadata", "map<string, dyn>");
  environment.registerVariable("headers", "map<string, string>");
  environment.registerVariable("body", "dyn");
  return environment;
}

function faultOf(text: string, error: unknown): string {
  const { message = String(error), range } = error as { message?: string; range?: { readonly start: number } };
  return faultText(text, message.split("\n", 1)[0] as string, range?.start ?? 0);
}

function faultText(text: string, message: string, at: number): string {
  const before = text.slice(0, at).split("\n");
  return `${message} (line ${before.length}, column ${(before.at(-1) as string).length + 1})`;
}

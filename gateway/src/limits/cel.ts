import { Environment, type ParseResult } from "@marcbachmann/cel-js";
import { findCall } from "../core/find-call.ts";
import type { RequestFacts } from "./limit-rule.ts";

/** Longest expression. */
export const MAX_EXPRESSION_LENGTH = 2000;

/** Its patterns can take a second for one request, and everybody else waits. */
const NO_MATCHES = "matches is not supported; use startsWith, endsWith or contains";

/** What an expression is to come to. */
export type CelType = "bool" | "string";

/** A compiled expression; what it throws says that something it asks for is not there. */
export type CelFunction = (facts: RequestFacts) => unknown;

/** An expression that cannot be used, and where. Both count from 1. */
export interface CelFault {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** What expressions may ask about, by the name they know it under. */
const variables = {
  gateway: "string",
  token: "string",
  user: "string",
  ip: "string",
  provider: "string",
  model: "string",
  method: "string",
  path: "string",
  metadata: "map<string, dyn>",
} as const;

/**
 * Compiles an expression of the Common Expression Language (https://cel.dev) about a request. Everything it names and the types it works with are
 * checked. A key may also be a number or a truth value, which counts as its text.
 */
export function compileCel(text: string, wanted: CelType): CelFunction | CelFault {
  let parsed: ParseResult;
  try {
    parsed = createEnvironment().parse(text);
  } catch (error) {
    return faultOf(text, error);
  }
  const matchesAt = findCall(parsed.ast, "matches");
  if (matchesAt !== null) return faultOf(text, { message: NO_MATCHES, range: { start: matchesAt } });
  const checked = parsed.check();
  if (!checked.valid) return faultOf(text, checked.error);
  const type = checked.type ?? "dyn";
  const fits = wanted === "bool" ? ["bool", "dyn"] : ["string", "int", "uint", "bool", "dyn"];
  if (!fits.includes(type))
    return { message: `expected an expression that gives ${wanted}, this one gives ${type}`, line: 1, column: 1 };
  return (facts) =>
    parsed({
      gateway: facts.gatewayId,
      token: facts.tokenId ?? "",
      user: facts.user ?? "",
      ip: facts.ip,
      provider: facts.provider,
      model: facts.model,
      method: facts.method,
      path: facts.path,
      metadata: facts.metadata,
    });
}

/** A fault as text: what is wrong, at which line and column. */
export function celFaultText({ message, line, column }: CelFault): string {
  return `${message} (line ${line}, column ${column})`;
}

function createEnvironment(): Environment {
  const environment = new Environment({
    limits: { maxAstNodes: 500, maxDepth: 50, maxListElements: 100, maxMapEntries: 100, maxCallArguments: 16 },
  });
  for (const [name, type] of Object.entries(variables)) environment.registerVariable(name, type);
  return environment;
}

function faultOf(text: string, error: unknown): CelFault {
  const { message = String(error), range } = error as { message?: string; range?: { readonly start: number } };
  const before = text.slice(0, range?.start ?? 0).split("\n");
  return {
    message: message.split("\n", 1)[0] as string,
    line: before.length,
    column: (before.at(-1) as string).length + 1,
  };
}

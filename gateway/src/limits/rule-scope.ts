import { z } from "zod";
import { celFaultText, type CelType, compileCel, MAX_EXPRESSION_LENGTH } from "./cel.ts";
import type { LimitRule, RequestFacts } from "./limit-rule.ts";

/** What splits a limit so that each value has it to itself. */
const PER = /^(?:gateway|token|user|ip|provider|model|metadata\..{1,250})$/;
const names = z.array(z.string().min(1).max(256)).min(1).max(1000).nullable().default(null);

function expression(wanted: CelType, description: string) {
  return z
    .string()
    .min(1)
    .max(MAX_EXPRESSION_LENGTH)
    .superRefine((text, context) => {
      const result = compileCel(text, wanted);
      if (typeof result !== "function") context.addIssue({ code: "custom", message: celFaultText(result) });
    })
    .nullable()
    .default(null)
    .meta({ description });
}

/** Which requests a limit or budget concerns, and what splits it. */
export const scopeShape = {
  enabled: z.boolean().default(true).meta({ description: "Whether it holds." }),
  description: z.string().max(1000).default("").meta({ description: "For people." }),
  gateways: names.meta({ description: "Gateways whose requests count; null for all of the account." }),
  providers: names.meta({ description: "Providers that count, by slug; null for all." }),
  models: names.meta({
    description:
      "Models that count, as requests name them or as `provider/model`; a closing `*` stands for any end. Null for all.",
  }),
  metadata: z
    .record(
      z.string().min(1).max(256),
      z.array(z.string().max(256)).min(1).max(1000).meta({ title: "key", description: "Values that count." }),
    )
    .default({})
    .meta({ description: "Values of metadata that count, by key; all keys have to fit." }),
  when: expression(
    "bool",
    "Condition in CEL over gateway, token, user, ip, provider, model, method, path and metadata; null for none.",
  ),
  per: z
    .array(
      z.string().refine((text) => PER.test(text), {
        error: "expected gateway, token, user, ip, provider, model or metadata.{key}",
      }),
    )
    .max(5)
    .default([])
    .meta({
      description:
        "What splits it, each value having it to itself: gateway, token, user, ip, provider, model, metadata.{key}.",
    }),
  key: expression("string", "The same by an expression in CEL; null for none."),
} as const;

const scope = z.strictObject(scopeShape);

/** What `scopeShape` comes to. */
export type RuleScope = z.output<typeof scope>;

/** The part of a rule that its scope decides. */
export function compileScope(
  scoped: RuleScope,
): Pick<LimitRule, "mismatch" | "partition"> & { readonly asksTry: boolean } {
  const { per, key, when, providers, models, metadata } = scoped;
  const condition = when === null ? null : compiled(when, "bool");
  const keyOf = key === null ? null : compiled(key, "string");
  const asked = [when ?? "", key ?? ""].join(" ");
  const values = Object.entries(metadata);
  return {
    asksTry:
      providers !== null ||
      models !== null ||
      per.includes("provider") ||
      per.includes("model") ||
      /\b(?:provider|model)\b/.test(asked),
    mismatch(facts) {
      if (providers !== null && !providers.includes(facts.provider)) return "provider";
      if (models !== null && !models.some((name) => isModel(name, facts))) return "model";
      for (const [name, wanted] of values) {
        if (!Object.hasOwn(facts.metadata, name) || !wanted.includes(String(facts.metadata[name])))
          return `metadata.${name}`;
      }
      return condition === null || holds(condition, facts) ? null : "when";
    },
    partition(facts) {
      if (per.length === 0 && keyOf === null) return "";
      const parts = per.map((name) => valueOf(name, facts));
      return JSON.stringify(keyOf === null ? parts : [...parts, keyText(keyOf, facts)]);
    },
  };
}

/** Whether a rule names the model of a request: alone, after its provider, or by a beginning. */
export function isModel(name: string, { provider, model }: RequestFacts): boolean {
  const both = `${provider}/${model}`;
  if (!name.endsWith("*")) return name === model || name === both;
  return model.startsWith(name.slice(0, -1)) || both.startsWith(name.slice(0, -1));
}

function compiled(text: string, wanted: CelType): (facts: RequestFacts) => unknown {
  const result = compileCel(text, wanted);
  // What was stored was checked; a later version may still refuse what an earlier one took.
  return typeof result === "function" ? result : () => null;
}

/** A condition that asks for what is not there does not hold. */
function holds(condition: (facts: RequestFacts) => unknown, facts: RequestFacts): boolean {
  try {
    return condition(facts) === true;
  } catch {
    return false;
  }
}

/** Requests whose key cannot be told are counted together, so that nobody escapes by leaving something out. */
function keyText(key: (facts: RequestFacts) => unknown, facts: RequestFacts): string | null {
  try {
    const value = key(facts);
    return ["string", "number", "bigint", "boolean"].includes(typeof value) ? String(value) : null;
  } catch {
    return null;
  }
}

function valueOf(name: string, facts: RequestFacts): string | null {
  switch (name) {
    case "gateway":
      return facts.gatewayId;
    case "token":
      return facts.tokenId;
    case "user":
      return facts.user;
    case "ip":
      return facts.ip;
    case "provider":
      return facts.provider;
    case "model":
      return facts.model;
    default: {
      const key = name.slice("metadata.".length);
      return Object.hasOwn(facts.metadata, key) ? String(facts.metadata[key]) : null;
    }
  }
}

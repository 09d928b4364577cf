import { z } from "zod";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { requireObject } from "../find-settings.ts";
import { invalid } from "../management-error.ts";
import { accountParams, idParam } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { askedFacts, factsShape, metadataSchema } from "./asked-facts.ts";
import type { RuleKind } from "./rule-kinds.ts";
import { ruleStanding, standingSchema } from "./rule-standing.ts";

const usageQuery = z.object({
  ...factsShape,
  metadata: z.string().max(5000).default("{}").meta({ description: "Metadata as a JSON object." }),
});
const nothing = { requests: 0, concurrent: 0, tokens_in: 0, tokens_out: 0, tokens: 0, cost: 0 };

/** `GET …/{id}/usage`: what is spent, reserved and left. A rule that is split is asked about one of its parts, named by the query. */
export function usageRoute(rules: RuleKind, options: SettingsRoutesOptions): Route {
  const { kind, noun, tag } = rules;
  return defineRoute({
    method: "GET",
    path: `${rules.path}/:ruleId/usage`,
    permission: rules.read,
    summary: `See how a ${noun} stands`,
    description:
      "Where it is split, the query says by what: the part for that user, token, gateway, metadata and so on.",
    tag,
    params: accountParams.extend({ ruleId: idParam(`Id of a ${noun}.`) }),
    query: usageQuery,
    answer: { kind: "result", schema: standingSchema },
    async handle({ params: { accountId, ruleId: id }, query }) {
      const model = options.desk.current;
      const rule = rules.ruleOf({ accountId, id }, requireObject(model, { accountId, kind, id }).value);
      const facts = askedFacts(model, accountId, { ...query, metadata: metadataOf(query.metadata) });
      return success(await ruleStanding(rule, { facts, amounts: nothing }, options));
    },
  });
}

function metadataOf(text: string): z.output<typeof metadataSchema> {
  try {
    return metadataSchema.parse(JSON.parse(text));
  } catch {
    throw invalid("Expected a JSON object of texts, numbers and booleans", ["query", "metadata"]);
  }
}

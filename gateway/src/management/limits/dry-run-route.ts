import { z } from "zod";
import { scaledDecimal } from "../../core/money.ts";
import type { Amounts } from "../../limits/meet-rules.ts";
import { rulesOfGateway } from "../../settings/account-limits.ts";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { requireGateway } from "../find-settings.ts";
import { settingsOfGateway } from "../gateways/show-gateway.ts";
import { accountParams } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { askedFacts, factsShape, metadataSchema } from "./asked-facts.ts";
import { cacheVerdictSchema, showCacheVerdict } from "./cache-verdict.ts";
import { explainedRequest, requestShape } from "./explained-request.ts";
import { ruleStanding, standingSchema } from "./rule-standing.ts";

const tokens = z.int().min(0).max(1e12).default(0);

const dryRunBody = z
  .strictObject({
    ...factsShape,
    ...requestShape,
    metadata: metadataSchema.default({}),
    tokens_in: tokens.meta({ description: "Tokens of its prompt." }),
    tokens_out: tokens.meta({ description: "Tokens of its answer." }),
    cost: z.number().min(0).max(9_000_000).default(0).meta({ description: "What it may cost, in US dollars." }),
  })
  .meta({
    examples: [
      { gateway: "default", provider: "custom-lab", model: "gpt-5-mini", metadata: { team: "red" }, cost: 0.01 },
    ],
  });

const verdictSchema = z.object({
  would_pass: z.boolean(),
  limits: z
    .array(standingSchema)
    .meta({ description: "Rules that the request would meet, all of which have to have room." }),
  cache: cacheVerdictSchema
    .nullable()
    .meta({ description: "What the cache would do with it; null without a provider." }),
  others: z.array(
    z.object({
      rule: z.string(),
      origin: standingSchema.shape.origin,
      because_of: z
        .string()
        .meta({ description: "The filter that it does not pass: `model`, `metadata.team`, `when` …" }),
    }),
  ),
});

/**
 * `POST …/dry-run`: which limits a request would meet, how they stand, why others do not concern it, and what the cache would do with it, by which rule and
 * under which key. Sends, counts and keeps nothing.
 */
export function dryRunRoute(options: SettingsRoutesOptions): Route {
  return defineRoute({
    method: "POST",
    path: "/api/accounts/:accountId/dry-run",
    permission: "limits.read",
    summary: "Ask which limits and cache rules a request would meet",
    description: "Nothing is sent, counted or kept.",
    tag: "Limits",
    params: accountParams,
    body: dryRunBody,
    answer: { kind: "result", schema: verdictSchema },
    async handle({ params: { accountId }, body }) {
      const model = options.desk.current;
      const gateway = requireGateway(model, accountId, body.gateway);
      const facts = askedFacts(model, accountId, body);
      const cache =
        body.provider === ""
          ? null
          : await options.explainCache(explainedRequest(accountId, { ...body, metadata: facts.metadata }));
      const rules = rulesOfGateway(model, { accountId, gatewayId: body.gateway }, settingsOfGateway(gateway));
      const met = rules.filter((rule) => rule.mismatch(facts) === null);
      const limits = await Promise.all(
        met.map((rule) => ruleStanding(rule, { facts, amounts: amountsOf(body) }, options)),
      );
      return success({
        would_pass: limits.every(({ fits, mode }) => fits || mode !== "enforce"),
        limits,
        cache: cache === null ? null : showCacheVerdict(cache, options.counters.nowMs()),
        others: rules
          .filter((rule) => !met.includes(rule))
          .map((rule) => ({ rule: rule.id, origin: rule.origin, because_of: rule.mismatch(facts) })),
      });
    },
  });
}

function amountsOf({ tokens_in, tokens_out, cost }: z.output<typeof dryRunBody>): Amounts {
  return {
    requests: 1,
    concurrent: 1,
    tokens_in,
    tokens_out,
    tokens: tokens_in + tokens_out,
    cost: scaledDecimal(cost, 9) ?? 0,
  };
}

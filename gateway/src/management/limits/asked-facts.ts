import { z } from "zod";
import type { RequestFacts } from "../../limits/limit-rule.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";

const text = z.string().max(1000);

/** What a request is like that is only spoken of. */
export const factsShape = {
  gateway: text.default("default").meta({ description: "Id of the gateway." }),
  provider: text.default("").meta({ description: "Slug of the provider." }),
  model: text.default("").meta({ description: "Model as requests name it." }),
  token: text.optional().meta({ description: "Id of the API token." }),
  user: text.optional().meta({ description: "Who asks, as the metadata's `user` says." }),
  ip: text.default("").meta({ description: "Address the request comes from." }),
  method: text.default("POST"),
  path: text.default("").meta({ description: "Endpoint after the provider; its query counts for the cache alone." }),
} as const;

/** Metadata of such a request. */
export const metadataSchema = z.record(z.string().max(256), z.union([z.string().max(1000), z.number(), z.boolean()]));

type Asked = z.output<z.ZodObject<typeof factsShape>> & { readonly metadata: RequestFacts["metadata"] };

/** The facts that rules ask about, as far as they are told. */
export function askedFacts(model: SettingsModel, accountId: string, asked: Asked): RequestFacts {
  const { gateway: gatewayId, provider, token = null, ip, method, path } = asked;
  const user = asked.user ?? asked.metadata["user"];
  const metadata = user === undefined ? asked.metadata : { user, ...asked.metadata };
  const budgetId = token === null ? null : (model.get(accountId, "token", token)?.value["budgetId"] ?? null);
  return {
    accountId,
    gatewayId,
    tokenId: token,
    budgetId: budgetId === null ? null : String(budgetId),
    user: user === undefined ? (token === null ? null : `token:${token}`) : `user:${user}`,
    metadata,
    ip,
    provider,
    model: asked.model,
    method,
    path: path.split("?", 1)[0] as string,
  };
}

import { z } from "zod";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { accountParams } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import type { RestingKeyOfWorker, SettingsRoutesOptions } from "../settings-routes-options.ts";

const reasons = {
  refused: "the provider did not accept it (401)",
  unpaid: "there is no money left for it (402)",
  forbidden: "it may not do what was asked (403)",
  limited: "too much was asked with it (429)",
  unusable: "its secret could not be used",
} as const;

type Reason = keyof typeof reasons;

const reasonOfStatus: Readonly<Record<number, Reason>> = {
  401: "refused",
  402: "unpaid",
  403: "forbidden",
  429: "limited",
};

const restingKeySchema = z
  .object({
    config_id: z.string().meta({ description: "Id of the provider key." }),
    gateway_id: z.string(),
    provider_slug: z.string(),
    alias: z.string(),
    reason: z.enum(Object.keys(reasons) as [Reason, ...Reason[]]).meta({
      description: Object.entries(reasons)
        .map(([reason, text]) => `${reason}: ${text}`)
        .join("; "),
    }),
    since: z.iso.datetime().meta({ description: "Of the first failure after which it did not do well." }),
    until: z.iso.datetime().meta({ description: "When the last of the workers uses it again." }),
    workers: z.array(z.string()).meta({ description: "Workers that let it rest; each finds out by itself." }),
  })
  .meta({
    id: "RestingKey",
    description: "A stored key that is not used for the moment, unless all of its pool rest.",
  });

/** `GET /api/accounts/{account_id}/resting-keys`: the health of pools of stored keys, as the workers told it within the last seconds. */
export function restingKeysRoute({ desk, restingKeys }: SettingsRoutesOptions): Route {
  return defineRoute({
    method: "GET",
    path: "/api/accounts/:accountId/resting-keys",
    permission: "keys.read",
    summary: "List keys that rest",
    description:
      "A stored key that a provider refused is left alone for a while, and the others of its pool are used: since when, why and until when. Told every second.",
    tag: "Provider keys",
    params: accountParams,
    query: z.object({
      gateway_id: z.string().min(1).max(64).optional().meta({ description: "Those of this gateway alone." }),
    }),
    answer: { kind: "result", schema: z.array(restingKeySchema) },
    handle({ params: { accountId }, query: { gateway_id: gatewayId } }) {
      const told = Map.groupBy(restingKeys(), ({ keyId }) => keyId);
      const found = [...told].flatMap(([keyId, each]) => shownKey(desk.current, accountId, { keyId, told: each }));
      return success(found.filter((key) => gatewayId === undefined || key.gateway_id === gatewayId));
    },
  });
}

/** The key as it is answered; nothing when it is not of the account, or not there any more. */
function shownKey(
  model: SettingsModel,
  accountId: string,
  { keyId, told }: { readonly keyId: string; readonly told: readonly RestingKeyOfWorker[] },
): z.output<typeof restingKeySchema>[] {
  const prefix = `${accountId}/`;
  const last = told.toSorted((left, right) => left.untilMs - right.untilMs).at(-1);
  const config = keyId.startsWith(prefix)
    ? model.get(accountId, "provider-config", keyId.slice(prefix.length))
    : undefined;
  if (config === undefined || last === undefined) return [];
  const { gatewayId, providerSlug, alias } = config.value;
  return [
    {
      config_id: config.id,
      gateway_id: String(gatewayId),
      provider_slug: String(providerSlug),
      alias: String(alias),
      reason: (last.status === null ? undefined : reasonOfStatus[last.status]) ?? "unusable",
      since: new Date(Math.min(...told.map(({ sinceMs }) => sinceMs))).toISOString(),
      until: new Date(last.untilMs).toISOString(),
      workers: told.map(({ worker }) => worker).toSorted(),
    },
  ];
}

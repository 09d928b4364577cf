import { z } from "zod";
import { success } from "../envelope.ts";
import { changeSettings } from "../change-settings.ts";
import { requireAccount, requireGateway } from "../find-settings.ts";
import { invalid } from "../management-error.ts";
import type { ManagementRequest } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";

/** What is to be dropped of an account: what all given members fit. At most one of the last three is not null. */
export interface PurgeTarget {
  readonly accountId: string;
  /** Null for all gateways. */
  readonly gatewayId: string | null;
  /** `provider/model` as it was asked for. */
  readonly model: string | null;
  /** A key that a client gave in `cf-aig-cache-key`. */
  readonly key: string | null;
  /** A name of `cf-aig-cache-tag`. */
  readonly tag: string | null;
}

const name = z.string().min(1).max(1024);

/** Which cached answers are dropped: all that fit every member given. */
export const purgeBody = z.strictObject({
  everything: z
    .literal(true)
    .optional()
    .meta({ description: "All answers of all accounts; then nothing else is given." }),
  account_id: name.optional().meta({ description: "Account whose answers are dropped." }),
  gateway_id: name.optional().meta({ description: "Of this gateway alone." }),
  model: name.optional().meta({ description: "Of this model alone, `provider/model` as it was asked for." }),
  key: name.optional().meta({ description: "Of this `cf-aig-cache-key` alone." }),
  tag: name.optional().meta({ description: "Of this `cf-aig-cache-tag` alone." }),
});

/** What was dropped, as it was asked for; null where nothing narrowed it. */
export const purgedSchema = z.object({
  everything: z.boolean(),
  account_id: z.string().nullable(),
  gateway_id: z.string().nullable(),
  model: z.string().nullable(),
  key: z.string().nullable(),
  tag: z.string().nullable(),
});

/**
 * Drops cached answers. In force in every worker when the answer leaves; what is on its way from a provider meanwhile is not kept.
 * @throws ManagementError 400 code 7001 for a body that says nothing or too much, 403 code 10000, 404 for accounts and gateways there are not.
 */
export async function purgeCache(
  { request, body }: { readonly request: ManagementRequest; readonly body: z.output<typeof purgeBody> },
  options: SettingsRoutesOptions,
): Promise<Response> {
  const {
    everything = false,
    account_id: accountId,
    gateway_id: gatewayId = null,
    model = null,
    key = null,
    tag = null,
  } = body;
  request.require("cache.purge", accountId ?? "*");
  const target = accountId === undefined ? null : { accountId, gatewayId, model, key, tag };
  if (everything === (target !== null) || (everything && Object.keys(body).length > 1)) {
    throw invalid("Expected everything: true, or account_id and what is to be dropped of it", ["body"]);
  }
  if ([model, key, tag].filter((each) => each !== null).length > 1) {
    throw invalid("Expected one of model, key and tag at most", ["body"]);
  }
  if (target !== null) requireAccount(options.desk.current, target.accountId);
  if (target !== null && gatewayId !== null) requireGateway(options.desk.current, target.accountId, gatewayId);
  const result = { everything, account_id: accountId ?? null, gateway_id: gatewayId, model, key, tag };
  await options.purgeCache(target);
  await changeSettings(options, request, () => ({
    writes: [],
    audit: [
      {
        accountId: accountId ?? "",
        action: "cache purged",
        resourceType: "ai_gateway.cache",
        resourceId: gatewayId ?? accountId ?? "everything",
        before: null,
        after: result,
      },
    ],
    result: null,
  }));
  return success(result);
}

import type { PermissionGroup, Token } from "../../api/generated/operations.ts";
import { linesOf } from "../../lib/lines-of.ts";
import { isoTimeOf, localTimeOf } from "../../lib/local-time.ts";

/** A token as a form has it. */
export interface TokenDraft {
  readonly name: string;
  /** Ids of permission groups. */
  readonly groups: readonly string[];
  /** None for all. */
  readonly gatewayIds: readonly string[];
  /** One a line; none for all. */
  readonly models: string;
  /** Name of a budget; empty for none. */
  readonly budget: string;
  /** Address ranges one a line; none for everywhere. */
  readonly from: string;
  readonly notFrom: string;
  readonly notBefore: string;
  readonly expires: string;
  readonly isActive: boolean;
}

/** A token as it is; for null one that may send requests and nothing else. */
export function draftOf(token: Token | null, groups: readonly PermissionGroup[]): TokenDraft {
  const address = token?.condition?.request_ip;
  const run = groups.filter(({ permissions }) => permissions.length === 1 && permissions[0] === "gateways.run");
  return {
    name: token?.name ?? "",
    groups: (token?.policies.flatMap((policy) => policy.permission_groups) ?? run).map(({ id }) => id),
    gatewayIds: token?.gateway_ids ?? [],
    models: (token?.models ?? []).join("\n"),
    budget: token?.budget ?? "",
    from: (address?.in ?? []).join("\n"),
    notFrom: (address?.not_in ?? []).join("\n"),
    notBefore: localTimeOf(token?.not_before),
    expires: localTimeOf(token?.expires_on),
    isActive: token?.status !== "disabled",
  };
}

/** The body that makes a draft a token. */
export function bodyOf(draft: TokenDraft) {
  const [from, notFrom, models] = [linesOf(draft.from), linesOf(draft.notFrom), linesOf(draft.models)];
  const isAnywhere = from.length === 0 && notFrom.length === 0;
  return {
    name: draft.name.trim(),
    policies: [{ effect: "allow" as const, permission_groups: draft.groups.map((id) => ({ id })) }],
    condition: isAnywhere
      ? null
      : {
          request_ip: {
            ...(from.length === 0 ? {} : { in: from }),
            ...(notFrom.length === 0 ? {} : { not_in: notFrom }),
          },
        },
    gateway_ids: draft.gatewayIds.length === 0 ? null : draft.gatewayIds,
    models: models.length === 0 ? null : models,
    budget: draft.budget === "" ? null : draft.budget,
    not_before: isoTimeOf(draft.notBefore),
    expires_on: isoTimeOf(draft.expires),
  };
}

import { z } from "zod";

/** Ids of accounts and gateways (reference §24). */
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);

/** Parameters of paths that stand in an account. */
export const accountParams = z.object({
  accountId: name.meta({ description: "Id of an account." }),
});

/** Parameters of paths that stand in a gateway. */
export const gatewayParams = accountParams.extend({
  gatewayId: name.meta({ description: "Id of a gateway." }),
});

/** Paths without parameters. */
export const noParams = z.object({});

/** An id in a path; what there is not under it is not found. */
export function idParam(description: string) {
  return z.string().meta({ description });
}

/** A path parameter as the wire spells it: `accountId` is `account_id`. */
export function wireName(parameter: string): string {
  return parameter.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

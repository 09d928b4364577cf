import type { JsonObject } from "../../core/gateway-settings.ts";
import { type FaultPath, invalid } from "../management-error.ts";
import type { ManagementRequest } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";

/** A secret as a body gives it: its text, or where it is kept. */
export interface GivenSecret {
  readonly value?: string | undefined;
  readonly reference?: string | undefined;
}

/**
 * What is kept of a secret's text: sealed for the secret of that id, or a reference.
 * @throws ManagementError 400 code 7001 with `place` when not exactly one is given; 403 code 10000 for a reference by a caller who may
 * not read this machine's variables and files.
 */
export function sealGiven(
  { value, reference }: GivenSecret,
  { accountId, id, place }: { readonly accountId: string; readonly id: string; readonly place: FaultPath },
  { request, options }: { readonly request: ManagementRequest; readonly options: SettingsRoutesOptions },
): JsonObject {
  if ((value === undefined) === (reference === undefined)) throw invalid("Expected either value or reference", place);
  if (value !== undefined) return { sealed: options.secrets.seal(value, { accountId, kind: "secret", id }) };
  request.require("secrets.reference");
  return { reference };
}

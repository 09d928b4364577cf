import { hashToken } from "../access/token-text.ts";
import { openInstallationKeys } from "../secrets/installation-keys.ts";
import type { KeyMaterial } from "../secrets/load-keys.ts";

/** The hash of `HEADGATE_ADMIN_TOKEN`, by which workers know it: they let it in, and never send it to a provider. Null without one. */
export function hashAdminToken({
  adminToken,
  keys,
}: {
  readonly adminToken: string | null;
  readonly keys: KeyMaterial;
}): string | null {
  return adminToken === null ? null : hashToken(openInstallationKeys(keys).tokenHashKey, adminToken);
}

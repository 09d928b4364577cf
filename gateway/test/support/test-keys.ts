import type { KeyMaterial } from "../../src/secrets/load-keys.ts";

/** Keys of an installation that only tests have. */
export const testKeyMaterial: KeyMaterial = {
  masterKey: Buffer.alloc(32, 1).toString("base64url"),
  rootKey: Buffer.alloc(32, 2).toString("base64url"),
};

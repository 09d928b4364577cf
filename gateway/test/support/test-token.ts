import { randomBytes } from "node:crypto";
import { unbound } from "../../src/access/access-token.ts";
import { hashToken, newTokenText, shownParts } from "../../src/access/token-text.ts";
import { openInstallationKeys } from "../../src/secrets/installation-keys.ts";
import type { TokenValue } from "../../src/settings/access-token-object.ts";
import type { StoredObject } from "../../src/stores/ports/settings-store.ts";
import { testKeyMaterial } from "./test-keys.ts";

/** A token that may run every gateway of the account `default`, but for what `changes` say; and the object it is kept as. */
export function testToken({
  id = "t1",
  accountId = "default",
  ...changes
}: Partial<TokenValue> & { readonly id?: string; readonly accountId?: string } = {}): {
  readonly text: string;
  readonly object: Pick<StoredObject, "accountId" | "kind" | "id" | "value">;
} {
  const text = newTokenText(randomBytes);
  const value: TokenValue = {
    name: id,
    hash: hashToken(openInstallationKeys(testKeyMaterial).tokenHashKey, text),
    ...shownParts(text),
    groups: ["AI Gateway Run"],
    ...unbound,
    userId: null,
    ...changes,
  };
  return { text, object: { accountId, kind: "token", id, value: { ...value } } };
}

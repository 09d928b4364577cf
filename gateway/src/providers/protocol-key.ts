import type { CredentialField, SocketRule } from "./provider.ts";

/**
 * Finds a credential that a browser put into a subprotocol, as `{prefix}{key}`.
 * @param field that carries the credential elsewhere, with what its value has before the key.
 */
export function protocolKey(
  prefix: string,
  field: { readonly name: string; readonly scheme: string },
): NonNullable<SocketRule["credentialIn"]> {
  return (protocols): CredentialField | null => {
    const key = protocols.find((protocol) => protocol.startsWith(prefix))?.slice(prefix.length) ?? "";
    return key === "" ? null : { name: field.name, value: `${field.scheme}${key}` };
  };
}

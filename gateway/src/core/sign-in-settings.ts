/** How people sign in beside passwords (`sign_in` of headgate.yaml). */
export interface SignInSettings {
  /** Null when there is no identity provider. */
  readonly oidc: OidcSettings | null;
}

/** An identity provider that speaks OpenID Connect. */
export interface OidcSettings {
  /** What people are shown on the button. */
  readonly name: string;
  /** https, or http on this machine; its configuration is found below it (OpenID Connect Discovery 1.0). */
  readonly issuer: string;
  readonly client_id: string;
  /** Reference of a secret, `env:NAME` or `file:PATH`; null for a public client. */
  readonly client_secret: string | null;
  readonly scopes: readonly string[];
  /** Claim that lists a person's groups. */
  readonly groups_claim: string;
  /** Roles by account (`*` for all) of each group; null leaves roles as they are managed here. */
  readonly roles: Readonly<Record<string, Readonly<Record<string, string>>>> | null;
  /** Ends of e-mail addresses behind the @ that may come in; empty for all. */
  readonly allowed_domains: readonly string[];
  /** Whether the provider has to say that it verified the address. */
  readonly require_verified_email: boolean;
}

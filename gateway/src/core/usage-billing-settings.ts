/** A gateway's `stripe` field (reference §13.6). */
export interface UsageBillingSettings {
  /** `env:NAME`, `file:PATH`, or the name of a secret in the account's Secrets Store. */
  readonly authorization: string;
  /** An event each, as a text with variables. */
  readonly usage_events: readonly { readonly payload: string }[];
}

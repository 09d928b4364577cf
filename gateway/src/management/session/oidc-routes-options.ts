import type { OidcSettings } from "../../core/sign-in-settings.ts";
import type { OidcClient } from "./oidc-client.ts";
import type { PendingSignIns } from "./pending-sign-ins.ts";
import type { SessionRoutesOptions } from "./session-routes-options.ts";

/** What signing in at an identity provider works with. */
export interface OidcRoutesOptions extends SessionRoutesOptions {
  /** Null when there is no identity provider. */
  readonly oidc: {
    readonly settings: OidcSettings;
    readonly client: OidcClient;
    readonly pending: PendingSignIns;
    readonly newFlowId: () => string;
    /** Told why a sign-in failed, for the process log; nothing of it is a secret. */
    readonly onFailure: (cause: string) => void;
  } | null;
}

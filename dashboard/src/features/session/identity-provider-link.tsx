import { useSearch } from "@tanstack/react-router";
import { useApi } from "../../api/use-api.ts";
import { storeToken } from "../../api/session.ts";

/** Words for why somebody could not come in. */
const reasons: Readonly<Record<string, string>> = {
  state: "It took too long, or another tab was faster. Try again.",
  provider: "The identity provider did not confirm who you are. The log of the gateway says why.",
  no_role: "You are known there, and have no role here. Ask an owner of an account.",
  no_email: "The identity provider does not tell your e-mail address.",
  email_not_verified: "Your e-mail address is not confirmed at the identity provider.",
  other_domain: "Addresses of your domain may not come in here.",
  other_person: "Somebody else comes in with your address. Ask an owner of an account.",
  disabled: "You were shut out. Ask an owner of an account.",
};

/** The way in by an identity provider; nothing where there is none. */
export function IdentityProviderLink() {
  const { sign_in_error: error } = useSearch({ from: "/ui/sign-in" });
  const provider = useApi("GET /api/session/ways", {}).data?.result.oidc ?? null;
  return (
    <>
      {error === undefined ? null : (
        <p role="alert" className="mt-4 text-sm text-bad">
          {reasons[error] ?? `Signing in did not work (${error}).`}
        </p>
      )}
      {provider === null ? null : (
        <a
          href={`${provider.url}?return_to=${encodeURIComponent("/ui/overview")}`}
          className="mt-4 block rounded border border-line px-3 py-1.5 text-center font-medium hover:bg-hover"
          onClick={() => storeToken(null)}
        >
          {provider.name}
        </a>
      )}
    </>
  );
}

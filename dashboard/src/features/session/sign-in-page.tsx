import { Link, useNavigate } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type RefObject, useEffect, useRef, useState } from "react";
import { ApiError, callApi } from "../../api/call-api.ts";
import { storeCsrfToken, storedToken, storeToken } from "../../api/session.ts";
import { Button } from "../../components/ui/button.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { IdentityProviderLink } from "./identity-provider-link.tsx";
import { takeTokenFromUrl } from "./take-token-from-url.ts";

type Way = "password" | "token";

const ways: readonly { readonly way: Way; readonly label: string }[] = [
  { way: "token", label: "API token" },
  { way: "password", label: "E-mail and password" },
];

/** Lets in who has an API token, or an address and a password. */
export function SignInPage() {
  const [way, setWay] = useState<Way>("token");
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <title>Sign in · Headgate</title>
      <div className="w-full max-w-sm rounded-lg border border-line bg-panel p-6">
        <h1 className="mb-4 text-xl font-semibold">Headgate</h1>
        <div role="group" aria-label="How to sign in" className="mb-4 grid grid-cols-2 gap-1 rounded bg-hover p-1">
          {ways.map((each) => (
            <button
              key={each.way}
              type="button"
              aria-pressed={way === each.way}
              className={`rounded px-2 py-1 text-sm ${way === each.way ? "bg-panel font-medium" : "text-soft"}`}
              onClick={() => setWay(each.way)}
            >
              {each.label}
            </button>
          ))}
        </div>
        {way === "token" ? <TokenForm /> : <PasswordForm />}
        <IdentityProviderLink />
      </div>
    </main>
  );
}

function TokenForm() {
  const [given] = useState(takeTokenFromUrl);
  const [token, setToken] = useState(given ?? "");
  const form = useRef<HTMLFormElement>(null);
  const isSignedIn = useSignedInBefore(given, form);
  const { fault, enter } = useEntrance(async () => {
    const before = storedToken();
    storeToken(token.trim());
    try {
      await callApi("GET /api/session", {});
    } catch (error) {
      storeToken(before);
      const isUnknown = error instanceof ApiError && (error.status === 401 || error.status === 403);
      throw isUnknown ? new Error("This token is not known here", { cause: error }) : error;
    }
  });
  return (
    <form ref={form} onSubmit={enter}>
      {isSignedIn && (
        <p role="status" className="mb-3 text-sm">
          You are signed in already. The token of this link would take the place of that.{" "}
          <Link to="/ui/overview" className="underline">
            Stay as you are
          </Link>
        </p>
      )}
      <TextField
        label="API token"
        type="password"
        autoComplete="off"
        required
        value={token}
        onText={setToken}
        fault={fault}
        hint="The first start prints one, HEADGATE_ADMIN_TOKEN is one, and headgate tokens create makes others."
      />
      <Button kind="main" type="submit" className="mt-4 w-full">
        Sign in
      </Button>
    </form>
  );
}

/**
 * Signs in by the token of a link, unless somebody is signed in already: whoever sends a link must not choose as whom its reader works.
 * @returns whether somebody is, and has to say that they want to.
 */
function useSignedInBefore(given: string | null, form: RefObject<HTMLFormElement | null>): boolean {
  const [isSignedIn, setSignedIn] = useState(false);
  useEffect(() => {
    if (given === null) return;
    callApi("GET /api/session", {}).then(
      () => setSignedIn(true),
      () => form.current?.requestSubmit(),
    );
  }, [given, form]);
  return isSignedIn;
}

function PasswordForm() {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const { fault, enter } = useEntrance(async () => {
    storeToken(null);
    try {
      const { result } = await callApi("POST /api/session", { body: { email: email.trim(), password } });
      storeCsrfToken(result.csrf_token);
    } catch (error) {
      const isUnknown = error instanceof ApiError && error.status === 401;
      throw isUnknown ? new Error("Address or password is not right", { cause: error }) : error;
    }
  });
  return (
    <form onSubmit={enter} className="space-y-3">
      <TextField label="E-mail" type="email" autoComplete="username" required value={email} onText={setEmail} />
      <TextField
        label="Password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onText={setPassword}
        fault={fault}
      />
      <Button kind="main" type="submit" className="w-full">
        Sign in
      </Button>
    </form>
  );
}

/** Goes in when `signIn` went well; tells what it throws. */
function useEntrance(signIn: () => Promise<void>) {
  const [fault, setFault] = useState<string | undefined>();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const enter = (event: FormEvent): void => {
    event.preventDefault();
    setFault(undefined);
    signIn().then(
      () => {
        queries.clear();
        return navigate({ to: "/ui/overview" });
      },
      (error: unknown) => setFault(error instanceof Error ? error.message : String(error)),
    );
  };
  return { fault, enter };
}

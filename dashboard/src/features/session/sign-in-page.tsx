import { useNavigate } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError, callApi } from "../../api/call-api.ts";
import { storeToken } from "../../api/session.ts";
import { Button } from "../../components/ui/button.tsx";
import { TextField } from "../../components/ui/text-field.tsx";

/** Lets in who has an API token. */
export function SignInPage() {
  const [token, setToken] = useState("");
  const [fault, setFault] = useState<string | undefined>();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    storeToken(token.trim());
    try {
      await callApi("GET /client/v4/accounts", {});
      queries.clear();
      await navigate({ to: "/ui/gateways" });
    } catch (error) {
      storeToken(null);
      const isUnknown = error instanceof ApiError && (error.status === 401 || error.status === 403);
      setFault(isUnknown ? "This token is not known here" : (error as Error).message);
    }
  };
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <title>Sign in · Headgate</title>
      <form
        className="w-full max-w-sm rounded-lg border border-line bg-panel p-6"
        onSubmit={(event) => void submit(event)}
      >
        <h1 className="mb-4 text-xl font-semibold">Headgate</h1>
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
    </main>
  );
}

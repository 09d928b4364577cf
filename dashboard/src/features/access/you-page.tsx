import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useChange } from "../../api/use-api.ts";
import { useFaults } from "../../api/use-faults.tsx";
import { storeCsrfToken } from "../../api/session.ts";
import { sessionQuery } from "../../app/session.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Page } from "../../components/ui/page.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { formatTime } from "../../lib/format.ts";

import { OwnSessions } from "./own-sessions.tsx";

const kinds = { user: "a person", token: "an API token", local: "the command line of this machine" } as const;

/** Who you are here, what you may, and your password. */
export function YouPage() {
  const session = useQuery(sessionQuery);
  return (
    <Page title="You" lead="How this server knows you, and what it lets you do.">
      <Answered query={session}>
        {({ type, id, email, name, roles, permissions, ends_at: endsAt }) => (
          <div className="max-w-2xl space-y-6">
            <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1 rounded border border-line bg-panel p-4">
              <dt className="text-soft">Known as</dt>
              <dd className="break-all">
                {email ?? name ?? id}, {kinds[type]}
              </dd>
              {Object.entries(roles).map(([account, role]) => (
                <RoleLine key={account} account={account} role={role} />
              ))}
              {endsAt === null ? null : (
                <>
                  <dt className="text-soft">Session ends</dt>
                  <dd>{formatTime(endsAt)}</dd>
                </>
              )}
            </dl>
            {type === "user" ? <OwnSessions /> : null}
            {type === "user" ? <ChangePassword /> : null}
            <section aria-labelledby="permissions-title">
              <h2 id="permissions-title" className="mb-2 font-semibold">
                What you may
              </h2>
              <ul className="space-y-2">
                {Object.entries(permissions).map(([account, names]) => (
                  <li key={account} className="rounded border border-line bg-panel p-3">
                    <p className="font-medium">{account === "*" ? "In all accounts" : `In ${account}`}</p>
                    <p className="font-mono text-xs break-words text-soft">{names.join(" ")}</p>
                  </li>
                ))}
              </ul>
            </section>
          </div>
        )}
      </Answered>
    </Page>
  );
}

function RoleLine({ account, role }: { readonly account: string; readonly role: string }) {
  return (
    <>
      <dt className="text-soft">Role in {account === "*" ? "all accounts" : account}</dt>
      <dd>{role}</dd>
    </>
  );
}

function ChangePassword() {
  const change = useChange();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [isDone, setDone] = useState(false);
  const { faultOf, rest, attempt, isBusy } = useFaults();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setDone(false);
    const isChanged = await attempt(async () => {
      const body = { current_password: current, new_password: next };
      const { result } = await change("PUT /api/session/password", { body });
      // The session is another one from now on.
      storeCsrfToken(result.csrf_token);
    });
    if (!isChanged) return;
    setDone(true);
    setCurrent("");
    setNext("");
  };
  return (
    <section aria-labelledby="password-title">
      <h2 id="password-title" className="mb-2 font-semibold">
        Change your password
      </h2>
      <form className="max-w-sm space-y-3" onSubmit={(event) => void submit(event)}>
        <TextField
          label="Password as it is"
          type="password"
          autoComplete="current-password"
          value={current}
          onText={setCurrent}
          fault={faultOf("body.current_password")}
        />
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          hint="You are signed out everywhere else."
          value={next}
          onText={setNext}
          fault={faultOf("body.new_password")}
        />
        {rest()}
        {isDone ? <p role="status">Your password is changed.</p> : null}
        <Button type="submit" disabled={isBusy || current === "" || next === ""}>
          Change password
        </Button>
      </form>
    </section>
  );
}

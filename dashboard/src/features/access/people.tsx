import { useState } from "react";
import type { User } from "../../api/generated/operations.ts";
import { useApi, useChange } from "../../api/use-api.ts";
import { useMay } from "../../app/session.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { Badge } from "../../components/ui/badge.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Confirm } from "../../components/ui/confirm.tsx";
import { type Column, PlainTable } from "../../components/ui/plain-table.tsx";
import { PasswordForm } from "./password-form.tsx";

type Verb = "password" | "status" | "remove";

/** Everybody the installation knows, whatever their accounts. */
export function People() {
  const may = useMay();
  const change = useChange();
  const [asked, setAsked] = useState<{ readonly verb: Verb; readonly user: User } | null>(null);
  const users = useApi("GET /api/users", { query: { per_page: 100 } });
  const user = asked?.user ?? null;
  const path = { user_id: user?.id ?? "" };
  const isActive = user?.status === "active";
  const close = () => setAsked(null);
  const mayEdit = may("users.edit", "everywhere");
  return (
    <section aria-labelledby="people-title">
      <h2 id="people-title" className="mb-2 font-semibold">
        Everybody in this installation
      </h2>
      <Answered query={users}>
        {({ result }) => (
          <PlainTable
            label="Everybody in this installation"
            columns={[...columns, ...(mayEdit ? [actionsOf((verb, of) => setAsked({ verb, user: of }))] : [])]}
            rows={result}
            keyOf={({ id }) => id}
            empty="Nobody yet. Add a member above."
          />
        )}
      </Answered>
      <PasswordForm user={asked?.verb === "password" ? user : null} onClose={close} />
      <Confirm
        title={`${isActive ? "Shut out" : "Let in"} ${user?.email ?? ""}?`}
        action={isActive ? "Shut out" : "Let in again"}
        isOpen={asked?.verb === "status"}
        onClose={close}
        onConfirm={() =>
          change("PATCH /api/users/{user_id}", { path, body: { status: isActive ? "disabled" : "active" } })
        }
      >
        {isActive
          ? "They are signed out everywhere and cannot sign in until they are let in again."
          : "They can sign in again."}
      </Confirm>
      <Confirm
        title={`Remove ${user?.email ?? ""} from the installation?`}
        action="Remove person"
        isOpen={asked?.verb === "remove"}
        onClose={close}
        onConfirm={() => change("DELETE /api/users/{user_id}", { path })}
      >
        They lose every role and are signed out. Tokens they made stay.
      </Confirm>
    </section>
  );
}

const columns: readonly Column<User>[] = [
  {
    title: "Person",
    cell: ({ email, name }) => (
      <>
        <span className="block font-medium break-all">{email}</span>
        <span className="text-soft">{name}</span>
      </>
    ),
  },
  {
    title: "Roles",
    isMinor: true,
    cell: ({ roles }) =>
      Object.entries(roles)
        .map(([account, role]) => `${role} in ${account === "*" ? "all accounts" : account}`)
        .join(", "),
  },
  { title: "Status", cell: ({ status }) => <Badge kind={status === "active" ? "good" : "bad"}>{status}</Badge> },
  {
    title: "Signs in",
    isMinor: true,
    cell: ({ has_password: hasPassword, is_external: isExternal }) =>
      [...(hasPassword ? ["with a password"] : []), ...(isExternal ? ["at the identity provider"] : [])].join(", "),
  },
];

function actionsOf(ask: (verb: Verb, user: User) => void): Column<User> {
  return {
    title: "",
    align: "end",
    cell: (user) => (
      <span className="inline-flex flex-wrap justify-end gap-2 sm:flex-nowrap">
        <Button onClick={() => ask("password", user)} aria-label={`Set the password of ${user.email}`}>
          Set password
        </Button>
        <Button
          onClick={() => ask("status", user)}
          aria-label={`${user.status === "active" ? "Shut out" : "Let in"} ${user.email}`}
        >
          {user.status === "active" ? "Shut out" : "Let in"}
        </Button>
        <Button
          kind="danger"
          onClick={() => ask("remove", user)}
          aria-label={`Remove ${user.email} from the installation`}
        >
          Remove
        </Button>
      </span>
    ),
  };
}

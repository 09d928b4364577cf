import { useState } from "react";
import type { Member, Role } from "../../api/generated/operations.ts";
import { useApi, useChange } from "../../api/use-api.ts";
import { useAccount } from "../../app/account.tsx";
import { useMay } from "../../app/session.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { Badge } from "../../components/ui/badge.tsx";
import { AddButton } from "../../components/ui/add-button.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Confirm } from "../../components/ui/confirm.tsx";
import { Page } from "../../components/ui/page.tsx";
import { type Column, PlainTable } from "../../components/ui/plain-table.tsx";
import { MemberForm } from "./member-form.tsx";
import { EverybodysSessions } from "./everybodys-sessions.tsx";
import { People } from "./people.tsx";

/** Who may do what in the account, and what the roles are. */
export function MembersPage() {
  const { accountId } = useAccount();
  const path = { account_id: accountId };
  const may = useMay();
  const change = useChange();
  const [edited, setEdited] = useState<Member | "new" | null>(null);
  const [removed, setRemoved] = useState<Member | null>(null);
  const members = useApi("GET /client/v4/accounts/{account_id}/members", { path, query: { per_page: 100 } });
  const roles = useApi("GET /client/v4/accounts/{account_id}/roles", { path, query: { per_page: 100 } });
  const mayEdit = may("users.edit");
  return (
    <Page
      title="Members"
      lead="People who may look at this account or change it."
      actions={<AddButton isAllowed={mayEdit} label="Add member" onClick={() => setEdited("new")} />}
    >
      <div className="space-y-6">
        <Answered query={members}>
          {({ result }) => (
            <PlainTable
              label="Members"
              columns={[...columns, ...(mayEdit ? [actionsOf(setEdited, setRemoved)] : [])]}
              rows={result}
              keyOf={({ id }) => id}
              empty="Nobody is a member yet. Tokens work without members."
            />
          )}
        </Answered>
        {may("users.read", "everywhere") ? <People /> : null}
        {may("users.read", "everywhere") ? <EverybodysSessions /> : null}
        <Answered query={roles}>{({ result }) => <Roles roles={result} />}</Answered>
      </div>
      <MemberForm edited={edited} roles={roles.data?.result ?? []} onClose={() => setEdited(null)} />
      <Confirm
        title={`Remove ${removed?.email ?? ""}?`}
        action="Remove member"
        isOpen={removed !== null}
        onClose={() => setRemoved(null)}
        onConfirm={() =>
          change("DELETE /client/v4/accounts/{account_id}/members/{member_id}", {
            path: { ...path, member_id: removed?.id ?? "" },
          })
        }
      >
        They lose their role in this account. Tokens they made stay.
      </Confirm>
    </Page>
  );
}

const columns: readonly Column<Member>[] = [
  { title: "E-mail", cell: ({ email }) => <span className="font-medium break-all">{email}</span> },
  { title: "Role", cell: ({ roles }) => roles.map(({ name }) => name).join(", ") },
  {
    title: "Status",
    cell: ({ status }) =>
      status === "accepted" ? <Badge kind="good">can sign in</Badge> : <Badge kind="warn">cannot sign in yet</Badge>,
  },
];

function actionsOf(edit: (member: Member) => void, remove: (member: Member) => void): Column<Member> {
  return {
    title: "",
    align: "end",
    cell: (member) => (
      <span className="inline-flex flex-wrap justify-end gap-2 sm:flex-nowrap">
        <Button onClick={() => edit(member)} aria-label={`Change the role of ${member.email}`}>
          Change role
        </Button>
        <Button kind="danger" onClick={() => remove(member)} aria-label={`Remove ${member.email}`}>
          Remove
        </Button>
      </span>
    ),
  };
}

function Roles({ roles }: { readonly roles: readonly Role[] }) {
  return (
    <section aria-labelledby="roles-title">
      <h2 id="roles-title" className="mb-2 font-semibold">
        What the roles allow
      </h2>
      <ul className="divide-y divide-line rounded border border-line bg-panel">
        {roles.map(({ id, name, description, permissions }) => (
          <li key={id} className="p-3">
            <details>
              <summary className="cursor-pointer">
                <span className="font-medium">{name}</span> <span className="text-soft">{description}</span>
              </summary>
              <p className="mt-2 font-mono text-xs break-words text-soft">{permissions.join(" ")}</p>
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}

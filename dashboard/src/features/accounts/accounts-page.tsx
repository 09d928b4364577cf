import { useState } from "react";
import type { Account } from "../../api/generated/operations.ts";
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
import { formatTime } from "../../lib/format.ts";
import { AccountForm } from "./account-form.tsx";

/** Accounts of the installation: each has gateways, keys, tokens and members of its own. */
export function AccountsPage() {
  const { accountId, choose } = useAccount();
  const may = useMay();
  const change = useChange();
  const [edited, setEdited] = useState<Account | "new" | null>(null);
  const [removed, setRemoved] = useState<Account | null>(null);
  const accounts = useApi("GET /client/v4/accounts", { query: { per_page: 100 } });
  const mayEdit = may("accounts.edit", "everywhere");
  const columns = columnsOf({ accountId, choose, ...(mayEdit ? { rename: setEdited, remove: setRemoved } : {}) });
  return (
    <Page
      title="Accounts"
      lead="Each has gateways, keys, tokens and members of its own."
      actions={<AddButton isAllowed={mayEdit} label="Create account" onClick={() => setEdited("new")} />}
    >
      <Answered query={accounts}>
        {({ result }) => (
          <PlainTable
            label="Accounts"
            columns={columns}
            rows={result}
            keyOf={({ id }) => id}
            empty="You are in no account."
          />
        )}
      </Answered>
      <AccountForm edited={edited} onClose={() => setEdited(null)} />
      <Confirm
        title={`Delete ${removed?.name ?? ""}?`}
        action="Delete account"
        typed={removed?.id ?? ""}
        isOpen={removed !== null}
        onClose={() => setRemoved(null)}
        onConfirm={() => change("DELETE /client/v4/accounts/{account_id}", { path: { account_id: removed?.id ?? "" } })}
      >
        Its gateways, providers, keys, tokens and members go with it; its logs stay until they are too old.
      </Confirm>
    </Page>
  );
}

interface Actions {
  readonly accountId: string;
  readonly choose: (accountId: string) => void;
  readonly rename?: (account: Account) => void;
  readonly remove?: (account: Account) => void;
}

function columnsOf({ accountId, choose, rename, remove }: Actions): readonly Column<Account>[] {
  return [
    {
      title: "Account",
      cell: ({ id, name }) => (
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-medium break-words">{name}</span>
          {id === accountId ? <Badge kind="good">in use</Badge> : null}
        </span>
      ),
    },
    { title: "Part of the path", cell: ({ id }) => <code className="text-xs break-all">{id}</code> },
    { title: "Made", isMinor: true, cell: ({ created_on: made }) => formatTime(made) },
    {
      title: "",
      align: "end",
      cell: (account) => (
        <span className="inline-flex flex-wrap justify-end gap-2 sm:flex-nowrap">
          {account.id === accountId ? null : (
            <Button onClick={() => choose(account.id)} aria-label={`Go to ${account.name}`}>
              Go there
            </Button>
          )}
          {rename === undefined ? null : (
            <Button onClick={() => rename(account)} aria-label={`Rename ${account.name}`}>
              Rename
            </Button>
          )}
          {remove === undefined ? null : (
            <Button kind="danger" onClick={() => remove(account)} aria-label={`Delete ${account.name}`}>
              Delete
            </Button>
          )}
        </span>
      ),
    },
  ];
}

import { Plus } from "lucide-react";
import { useState } from "react";
import type { Secret, SecretsStore } from "../../api/generated/operations.ts";
import { useApi, useChange } from "../../api/use-api.ts";
import { useAccount } from "../../app/account.tsx";
import { useMay } from "../../app/session.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Confirm } from "../../components/ui/confirm.tsx";
import { Page } from "../../components/ui/page.tsx";
import { type Column, PlainTable } from "../../components/ui/plain-table.tsx";
import { formatCount, formatTime } from "../../lib/format.ts";
import { SecretForm } from "./secret-form.tsx";
import { StoreForm } from "./store-form.tsx";

/** The Secrets Store: what provider keys and others refer to. */
export function SecretsPage() {
  const { accountId } = useAccount();
  const path = { account_id: accountId };
  const may = useMay();
  const [isCreating, setCreating] = useState(false);
  const stores = useApi("GET /client/v4/accounts/{account_id}/secrets_store/stores", {
    path,
    query: { per_page: 100 },
  });
  const quota = useApi("GET /client/v4/accounts/{account_id}/secrets_store/quota", { path });
  const used = quota.data?.result.secrets;
  return (
    <Page
      title="Secrets"
      lead={`Sealed with the installation's master key and never shown again.${used === undefined ? "" : ` ${formatCount(used.usage)} of ${formatCount(used.quota)} used.`}`}
      actions={may("secrets.edit") ? <Button onClick={() => setCreating(true)}>Create store</Button> : null}
    >
      <Answered query={stores}>
        {({ result }) =>
          result.length === 0 ? (
            <p className="rounded border border-dashed border-line p-6 text-center text-soft">
              There is no store yet. Storing a provider key at a gateway makes one.
            </p>
          ) : (
            <div className="space-y-6">
              {result.map((store) => (
                <Store key={store.id} store={store} />
              ))}
            </div>
          )
        }
      </Answered>
      <StoreForm isOpen={isCreating} onClose={() => setCreating(false)} />
    </Page>
  );
}

type Asked = { readonly verb: "edit" | "delete"; readonly secret: Secret } | { readonly verb: "new" | "delete-store" };

function Store({ store }: { readonly store: SecretsStore }) {
  const { accountId } = useAccount();
  const path = { account_id: accountId, store_id: store.id };
  const may = useMay();
  const [asked, setAsked] = useState<Asked | null>(null);
  const secrets = useApi("GET /client/v4/accounts/{account_id}/secrets_store/stores/{store_id}/secrets", {
    path,
    query: { per_page: 100 },
  });
  const mayEdit = may("secrets.edit");
  return (
    <section aria-label={`Store ${store.name}`}>
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold break-all">{store.name}</h2>
        {mayEdit ? (
          <span className="flex gap-2">
            <Button onClick={() => setAsked({ verb: "new" })}>
              <Plus size={14} aria-hidden /> Add secret
            </Button>
            <Button
              kind="danger"
              onClick={() => setAsked({ verb: "delete-store" })}
              aria-label={`Delete the store ${store.name}`}
            >
              Delete store
            </Button>
          </span>
        ) : null}
      </div>
      <Answered query={secrets}>
        {({ result }) => (
          <PlainTable
            label={`Secrets of ${store.name}`}
            columns={[...columns, ...(mayEdit ? [actionsOf(setAsked)] : [])]}
            rows={result}
            keyOf={({ id }) => id}
            empty="This store is empty."
          />
        )}
      </Answered>
      <StoreWindows store={store} asked={asked} onClose={() => setAsked(null)} />
    </section>
  );
}

interface StoreWindowsProps {
  readonly store: SecretsStore;
  readonly asked: Asked | null;
  readonly onClose: () => void;
}

/** The windows in which secrets are written and deleted. */
function StoreWindows({ store, asked, onClose }: StoreWindowsProps) {
  const { accountId } = useAccount();
  const path = { account_id: accountId, store_id: store.id };
  const change = useChange();
  const secret = asked !== null && "secret" in asked ? asked.secret : null;
  const edited = asked?.verb === "edit" ? secret : null;
  return (
    <>
      <SecretForm storeId={store.id} edited={asked?.verb === "new" ? "new" : edited} onClose={onClose} />
      <Confirm
        title={`Delete ${secret?.name ?? ""}?`}
        action="Delete secret"
        isOpen={asked?.verb === "delete"}
        onClose={onClose}
        onConfirm={() =>
          change("DELETE /client/v4/accounts/{account_id}/secrets_store/stores/{store_id}/secrets/{secret_id}", {
            path: { ...path, secret_id: secret?.id ?? "" },
          })
        }
      >
        Provider keys that refer to it stop working.
      </Confirm>
      <Confirm
        title={`Delete the store ${store.name}?`}
        action="Delete store"
        typed={store.name}
        isOpen={asked?.verb === "delete-store"}
        onClose={onClose}
        onConfirm={() =>
          change("DELETE /client/v4/accounts/{account_id}/secrets_store/stores/{store_id}", {
            path,
            query: { force: "true" },
          })
        }
      >
        Every secret in it is deleted, and provider keys that refer to them stop working.
      </Confirm>
    </>
  );
}

const columns: readonly Column<Secret>[] = [
  {
    title: "Name",
    cell: ({ name, comment }) => (
      <>
        <span className="block font-medium break-all">{name}</span>
        <span className="text-soft">{comment}</span>
      </>
    ),
  },
  {
    title: "Kept",
    isMinor: true,
    cell: ({ reference }) => <code className="text-xs break-all">{reference ?? "sealed"}</code>,
  },
  { title: "For", isMinor: true, cell: ({ scopes }) => scopes.join(", ") },
  { title: "Changed", isMinor: true, cell: ({ modified }) => formatTime(modified) },
];

function actionsOf(ask: (asked: Asked) => void): Column<Secret> {
  return {
    title: "",
    align: "end",
    cell: (secret) => (
      <span className="inline-flex flex-wrap justify-end gap-2 sm:flex-nowrap">
        <Button onClick={() => ask({ verb: "edit", secret })} aria-label={`Change ${secret.name}`}>
          Change
        </Button>
        <Button kind="danger" onClick={() => ask({ verb: "delete", secret })} aria-label={`Delete ${secret.name}`}>
          Delete
        </Button>
      </span>
    ),
  };
}

import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { CustomProvider } from "../../api/generated/operations.ts";
import { useApi, useChange } from "../../api/use-api.ts";
import { useAccount } from "../../app/account.tsx";
import { useMay } from "../../app/session.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { Badge } from "../../components/ui/badge.tsx";
import { AddButton } from "../../components/ui/add-button.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Confirm } from "../../components/ui/confirm.tsx";
import { Page } from "../../components/ui/page.tsx";
import { Pager } from "../../components/ui/pager.tsx";
import { type Column, PlainTable } from "../../components/ui/plain-table.tsx";
import { ConnectionTest } from "./connection-test.tsx";
import { ProviderForm } from "./provider-form.tsx";

const route = getRouteApi("/shell/ui/providers");
const PER_PAGE = 20;

interface Asked {
  readonly verb: "test" | "edit" | "delete";
  readonly provider: CustomProvider;
}

/** Providers of the account's own, and whether they answer. */
export function ProvidersPage() {
  const { accountId } = useAccount();
  const { page = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const [asked, setAsked] = useState<Asked | "new" | null>(null);
  const providers = useApi("GET /client/v4/accounts/{account_id}/ai-gateway/custom-providers", {
    path: { account_id: accountId },
    query: { page, per_page: PER_PAGE },
  });
  const mayEdit = may("providers.edit");
  return (
    <Page
      title="Custom providers"
      lead="Servers of your own, and services the gateway does not know by itself. Requests name them as custom-slug."
      actions={<AddButton isAllowed={mayEdit} label="Add provider" onClick={() => setAsked("new")} />}
    >
      <Answered query={providers}>
        {({ result, info }) => (
          <>
            <PlainTable
              label="Custom providers"
              columns={[...columns, actionsOf(setAsked, mayEdit)]}
              rows={result}
              keyOf={({ id }) => id}
              empty="There is none. The built-in providers need nothing here: store a key at a gateway, or let requests bring theirs."
            />
            <Pager
              page={page}
              perPage={PER_PAGE}
              total={info?.total_count ?? 0}
              onPage={(next) => void navigate({ search: { page: next } })}
            />
          </>
        )}
      </Answered>
      <Windows asked={asked} onClose={() => setAsked(null)} />
    </Page>
  );
}

/** The windows in which providers are tried, written and deleted. */
function Windows({ asked, onClose }: { readonly asked: Asked | "new" | null; readonly onClose: () => void }) {
  const { accountId } = useAccount();
  const change = useChange();
  const chosen = (verb: Asked["verb"]): CustomProvider | null =>
    asked !== null && asked !== "new" && asked.verb === verb ? asked.provider : null;
  const deleted = chosen("delete");
  return (
    <>
      <ConnectionTest provider={chosen("test")} onClose={onClose} />
      <ProviderForm edited={asked === "new" ? "new" : chosen("edit")} onClose={onClose} />
      <Confirm
        title={`Delete ${deleted?.name ?? ""}?`}
        action="Delete provider"
        typed={deleted?.slug ?? ""}
        isOpen={deleted !== null}
        onClose={onClose}
        onConfirm={() =>
          change("DELETE /client/v4/accounts/{account_id}/ai-gateway/custom-providers/{provider_id}", {
            path: { account_id: accountId, provider_id: deleted?.id ?? "" },
          })
        }
      >
        Requests to custom-{deleted?.slug} are refused from then on.
      </Confirm>
    </>
  );
}

const columns: readonly Column<CustomProvider>[] = [
  {
    title: "Provider",
    cell: ({ name, slug, logo }) => (
      <span className="flex items-center gap-2">
        <img src={logo} alt="" className="size-6 rounded" />
        <span>
          <span className="block font-medium">{name}</span>
          <code className="text-xs whitespace-nowrap text-soft">custom-{slug}</code>
        </span>
      </span>
    ),
  },
  {
    title: "Base URL",
    isMinor: true,
    cell: ({ base_url: url }) => <code className="text-xs break-all">{url}</code>,
  },
  { title: "Dialect", isMinor: true, cell: ({ dialect }) => dialect },
  {
    title: "State",
    cell: ({ enable, managed_by: owner }) => (
      <span className="flex flex-wrap gap-1">
        {enable ? <Badge kind="good">enabled</Badge> : <Badge kind="warn">disabled</Badge>}
        {owner === "file" ? <Badge>headgate.yaml</Badge> : null}
      </span>
    ),
  },
];

function actionsOf(ask: (asked: Asked) => void, mayEdit: boolean): Column<CustomProvider> {
  return {
    title: "",
    align: "end",
    cell: (provider) => (
      <span className="inline-flex flex-wrap justify-end gap-2 sm:flex-nowrap">
        <Button onClick={() => ask({ verb: "test", provider })} aria-label={`Test ${provider.name}`}>
          Test
        </Button>
        {mayEdit && provider.managed_by !== "file" ? (
          <>
            <Button onClick={() => ask({ verb: "edit", provider })} aria-label={`Change ${provider.name}`}>
              Change
            </Button>
            <Button
              kind="danger"
              onClick={() => ask({ verb: "delete", provider })}
              aria-label={`Delete ${provider.name}`}
            >
              Delete
            </Button>
          </>
        ) : null}
      </span>
    ),
  };
}

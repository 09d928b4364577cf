import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { callApi } from "../../api/call-api.ts";
import type { AuditLine } from "../../api/generated/operations.ts";
import { useAccount } from "../../app/account.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Changes } from "../../components/ui/changes.tsx";
import { Failure } from "../../components/ui/failure.tsx";
import { Loading } from "../../components/ui/loading.tsx";
import { Page } from "../../components/ui/page.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { differencesOf } from "../../lib/differences.ts";
import { formatTime } from "../../lib/format.ts";
import { isoTimeOf } from "../../lib/local-time.ts";

const route = getRouteApi("/shell/ui/audit");
const PER_PAGE = 50;

/** Who changed what and when. */
export function AuditPage() {
  const { accountId } = useAccount();
  const { since = "", before = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const [sinceTime, beforeTime] = [isoTimeOf(since), isoTimeOf(before)];
  const range = {
    ...(sinceTime === null ? {} : { since: sinceTime }),
    ...(beforeTime === null ? {} : { before: beforeTime }),
  };
  const lines = useInfiniteQuery({
    queryKey: ["audit", accountId, range],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      callApi("GET /client/v4/accounts/{account_id}/logs/audit", {
        path: { account_id: accountId },
        query: { ...range, limit: PER_PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
        signal,
      }),
    getNextPageParam({ info }) {
      const { after = "" } = (info?.["cursors"] ?? {}) as { readonly after?: string };
      return after === "" ? undefined : after;
    },
  });
  const all = lines.data?.pages.flatMap(({ result }) => result) ?? [];
  return (
    <Page title="Audit log" lead="Every change of this account: who made it, from where, and what was before.">
      <div className="mb-4 flex flex-wrap gap-3">
        <TextField
          label="Since"
          type="datetime-local"
          value={since}
          onText={(text) =>
            void navigate({ search: (old) => ({ ...old, since: text === "" ? undefined : text }), replace: true })
          }
        />
        <TextField
          label="Before"
          type="datetime-local"
          value={before}
          onText={(text) =>
            void navigate({ search: (old) => ({ ...old, before: text === "" ? undefined : text }), replace: true })
          }
        />
      </div>
      {lines.error === null ? null : <Failure error={lines.error} retry={() => void lines.refetch()} />}
      {lines.isPending ? <Loading /> : null}
      {lines.isSuccess && all.length === 0 ? <p className="text-soft">Nothing was changed in this time.</p> : null}
      <ol className="space-y-2">
        {all.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </ol>
      {lines.hasNextPage ? (
        <Button className="mt-3" disabled={lines.isFetchingNextPage} onClick={() => void lines.fetchNextPage()}>
          Show earlier ones
        </Button>
      ) : null}
    </Page>
  );
}

function Line({ line: { action, actor, resource, oldValueJson, newValueJson } }: { readonly line: AuditLine }) {
  const address = actor.ip_address === undefined ? "" : ` from ${actor.ip_address}`;
  return (
    <li className="rounded border border-line bg-panel">
      <details>
        <summary className="cursor-pointer p-3">
          <span className="font-medium">{action.info}</span> <span className="break-all">{resource.id}</span>{" "}
          <span className="text-soft">
            {formatTime(action.time)} by {actor.email ?? actor.token_id ?? actor.id}
            {address}
          </span>
        </summary>
        <div className="border-t border-line p-3">
          <Changes changes={differencesOf(oldValueJson ?? undefined, newValueJson ?? undefined)} />
        </div>
      </details>
    </li>
  );
}

import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "../../app/session.tsx";
import { Page } from "../../components/ui/page.tsx";
import { rangeAt } from "../../lib/time-range.ts";
import { ColumnChooser, useShownColumns } from "./column-chooser.tsx";
import { DeleteMatching } from "./delete-matching.tsx";
import { ExportPanel } from "./export-panel.tsx";
import { LogDrawer } from "./log-drawer.tsx";
import { LogList } from "./log-list.tsx";
import { LogsBar, type SearchChanges } from "./logs-bar.tsx";
import { logsQuestion, type LogsSearch } from "./logs-search.ts";
import { SavedViews } from "./saved-views.tsx";
import { useLiveTail } from "./use-live-tail.ts";

const route = getRouteApi("/shell/ui/logs");

/** Every request of a gateway: found, followed, opened, taken away as a file. */
export function LogsPage() {
  const search: LogsSearch = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const [shown, setShown] = useShownColumns();
  const [round, setRound] = useState(0);
  const gatewayId = search.gateway ?? "default";
  const tail = useLiveTail(search.live === true, {
    gatewayId,
    filters: search.filters ?? [],
    search: search.search,
  });
  // A list that shows something else begins at its beginning.
  const show = (changes: SearchChanges): void =>
    void navigate({ search: (before) => definedOnly({ ...before, cursor: undefined, ...changes }) });
  const anew = (): void => {
    show({});
    setRound(round + 1);
  };
  const { cursor: _cursor, log: _log, ...shownSearch } = search;
  return (
    <Page
      title="Logs"
      lead="One line for each attempt at a provider and for each refusal."
      actions={
        <>
          <SavedViews search={search} onSearch={(view) => void navigate({ search: view })} />
          <ColumnChooser shown={shown} onShown={setShown} />
          {may("logs.delete") ? <DeleteMatching gatewayId={gatewayId} search={search} onDeleted={anew} /> : null}
          <ExportPanel gatewayId={gatewayId} question={() => logsQuestion(search, rangeAt(search, Date.now()))} />
        </>
      }
    >
      <LogsBar search={search} gatewayId={gatewayId} tailState={tail.state} onShow={show} />
      <LogList
        key={`${round} ${JSON.stringify(shownSearch)}`}
        search={search}
        gatewayId={gatewayId}
        // Whoever asked for the list anew wants its beginning, also before the address says so.
        start={round === 0 ? search.cursor : undefined}
        round={round}
        tail={tail}
        shown={shown}
        onOrder={(order) => show(nextOrder(search, order))}
        onOpen={(log) => void navigate({ search: (before) => ({ ...before, log }), resetScroll: false })}
        onCursor={(cursor) =>
          void navigate({ search: (before) => definedOnly({ ...before, cursor }), replace: true, resetScroll: false })
        }
        onAnew={anew}
      />
      {search.log === undefined ? null : (
        <LogDrawer
          key={search.log}
          gatewayId={gatewayId}
          logId={search.log}
          onOpen={(log) => void navigate({ search: (before) => ({ ...before, log }), resetScroll: false })}
          onFilter={(filters) => show({ filters, log: undefined, range: undefined, from: undefined, to: undefined })}
          onClose={() => void navigate({ search: ({ log: _closed, ...rest }) => rest, resetScroll: false })}
        />
      )}
    </Page>
  );
}

/** The same column again turns the order around; another one begins with its largest. */
function nextOrder(search: LogsSearch, order: NonNullable<LogsSearch["order"]>) {
  const isSame = (search.order ?? "created_at") === order;
  return {
    order: order === "created_at" ? undefined : order,
    ascending: isSame && search.ascending !== true ? (true as const) : undefined,
    live: undefined,
  };
}

function definedOnly(search: SearchChanges): LogsSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as LogsSearch;
}

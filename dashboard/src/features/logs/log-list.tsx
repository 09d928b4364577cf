import { Link } from "@tanstack/react-router";
import { type ReactNode, useCallback, useEffect, useMemo, useRef } from "react";
import type { Log } from "../../api/generated/operations.ts";
import { Button } from "../../components/ui/button.tsx";
import { Failure } from "../../components/ui/failure.tsx";
import { Loading } from "../../components/ui/loading.tsx";
import { formatCount } from "../../lib/format.ts";
import type { ShownColumns } from "./column-chooser.tsx";
import { LogTable } from "./log-table.tsx";
import type { LogsSearch, OrderKey } from "./logs-search.ts";
import type { LiveTail } from "./use-live-tail.ts";
import { useLogPages } from "./use-log-pages.ts";

interface LogListProps {
  readonly search: LogsSearch;
  readonly gatewayId: string;
  /** Cursor to begin with; undefined for the beginning. Later ones change nothing. */
  readonly start: string | undefined;
  /** Another number asks anew. */
  readonly round: number;
  readonly tail: LiveTail;
  readonly shown: ShownColumns;
  readonly onOrder: (order: OrderKey) => void;
  readonly onOpen: (id: string) => void;
  /** Told the cursor of the page in sight; undefined for the first. */
  readonly onCursor: (cursor: string | undefined) => void;
  /** Asks for the list from its beginning, with what came meanwhile. */
  readonly onAnew: () => void;
}

const waitMs = 400;

/** The logs of a search, more of them as they come into sight; while live, new ones come on top. */
export function LogList(props: LogListProps) {
  const { search, gatewayId, start, round, tail, shown, onOrder, onOpen, onCursor, onAnew } = props;
  const { pages, pageRows } = useLogPages({ search, gatewayId, start, round });
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = pages;
  const rows = useMemo(() => withTail(tail.rows, data?.pages.flatMap((page) => page.rows) ?? []), [tail.rows, data]);
  const cursors = useRef<readonly (string | undefined)[]>([]);
  cursors.current = data?.pages.map(({ cursor }) => cursor) ?? [];
  const told = useRef(start);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const tailCount = tail.rows.length;
  const onSight = useCallback(
    (firstIndex: number, isNearEnd: boolean): void => {
      if (isNearEnd && hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        const cursor = cursors.current[Math.max(0, Math.floor((firstIndex - tailCount) / pageRows))];
        if (cursor === told.current || cursors.current.length === 0) return;
        told.current = cursor;
        onCursor(cursor);
      }, waitMs);
    },
    [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, pageRows, onCursor, tailCount],
  );
  if (pages.isPending) return <Loading label="Looking for logs" />;
  if (pages.isError && data === undefined) return <Failure error={pages.error} retry={() => void pages.refetch()} />;
  if (rows.length === 0) return <NoLogs search={search} gatewayId={gatewayId} onAnew={onAnew} />;
  const info = data?.pages[0]?.info;
  const isFromStart = data?.pageParams[0] === undefined;
  return (
    <>
      <div className="mb-1 flex flex-wrap items-center gap-x-4 gap-y-1 text-soft" aria-live="polite">
        <span>
          {formatCount(info?.total_count)}
          {info?.["is_total_exact"] === false ? "+" : ""} logs
        </span>
        {tailCount === 0 ? null : <span>{formatCount(tailCount)} new</span>}
        {tail.lost === 0 ? null : (
          <span className="text-warn">{formatCount(tail.lost)} new ones left out: too many at once</span>
        )}
        <button type="button" className="text-accent hover:underline" onClick={onAnew}>
          {isFromStart ? "Refresh" : "Back to the beginning"}
        </button>
        {isFetchingNextPage ? <span>Loading more …</span> : null}
        {isFetchNextPageError ? (
          <button type="button" className="text-bad hover:underline" onClick={() => void fetchNextPage()}>
            More could not be loaded: try again
          </button>
        ) : null}
      </div>
      <LogTable
        rows={rows}
        total={info?.["is_total_exact"] === true ? info.total_count + 1 : -1}
        isShown={shown}
        order={search.order ?? "created_at"}
        ascending={search.ascending === true}
        openId={search.log}
        onOrder={onOrder}
        onOpen={onOpen}
        onSight={onSight}
      />
    </>
  );
}

function withTail(fresh: readonly Log[], kept: readonly Log[]): readonly Log[] {
  if (fresh.length === 0) return kept;
  const known = new Set(kept.map(({ id }) => id));
  return [...fresh.filter(({ id }) => !known.has(id)), ...kept];
}

function NoLogs({ search, gatewayId, onAnew }: Pick<LogListProps, "search" | "gatewayId" | "onAnew">): ReactNode {
  const { gateway: _gateway, log: _log, live, ...narrowing } = search;
  const isNarrowed = Object.keys(narrowing).length > 0;
  return (
    <div className="rounded border border-line bg-panel p-8 text-center">
      <p className="font-medium">{isNarrowed ? "No log matches" : "No logs yet"}</p>
      <p className="mt-1 text-soft">
        {isNarrowed
          ? "Take a filter away or choose a longer range."
          : `Requests to the gateway ${gatewayId} show up here about a second after they end.`}
      </p>
      <div className="mt-4 flex flex-wrap justify-center gap-2">
        <Button onClick={onAnew}>{live === true ? "Look again" : "Refresh"}</Button>
        {isNarrowed ? null : (
          <Link
            to="/ui/start"
            className="inline-flex items-center rounded bg-accent px-3 py-1.5 font-medium text-accent-ink"
          >
            Send the first request
          </Link>
        )}
      </div>
    </div>
  );
}

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { callApi } from "../../api/call-api.ts";
import type { Operations } from "../../api/generated/operations.ts";
import { useMay } from "../../app/session.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Changes } from "../../components/ui/changes.tsx";
import { Failure } from "../../components/ui/failure.tsx";
import { Loading } from "../../components/ui/loading.tsx";
import { formatTime } from "../../lib/format.ts";
import { RollBack } from "./roll-back.tsx";

const PER_PAGE = 50;

/** Versions of the settings, the newest first. @param place only what concerns it: `accounts.default.gateways.prod`; all when absent. */
export function History({ place }: { readonly place?: string }) {
  const [target, setTarget] = useState<number | null>(null);
  const versions = useInfiniteQuery({
    queryKey: ["GET /api/config/versions"],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) =>
      callApi("GET /api/config/versions", {
        query: { limit: PER_PAGE, ...(pageParam === undefined ? {} : { before: pageParam }) },
        signal,
      }),
    getNextPageParam({ result }) {
      const last = result.at(-1)?.version;
      return result.length < PER_PAGE || last === undefined || last <= 1 ? undefined : last;
    },
  });
  if (versions.error !== null) return <Failure error={versions.error} retry={() => void versions.refetch()} />;
  if (versions.data === undefined) return <Loading />;
  const all = versions.data.pages.flatMap(({ result }) => result);
  const shown = all.filter(({ changes }) => changes.some(({ path }) => isAt(path, place)));
  return (
    <>
      {shown.length === 0 ? <p className="text-soft">Nothing was changed here among the versions looked at.</p> : null}
      <ol className="space-y-3">
        {shown.map((version) => (
          <Entry key={version.version} version={version} place={place} onUndo={() => setTarget(version.version - 1)} />
        ))}
      </ol>
      {versions.hasNextPage ? (
        <Button className="mt-3" disabled={versions.isFetchingNextPage} onClick={() => void versions.fetchNextPage()}>
          Look further back
        </Button>
      ) : null}
      <RollBack version={target} onClose={() => setTarget(null)} />
    </>
  );
}

interface EntryProps {
  readonly version: Operations["GET /api/config/versions"]["result"][number];
  readonly place: string | undefined;
  readonly onUndo: () => void;
}

function Entry({ version: { version, created_at: createdAt, actor, source, changes }, place, onUndo }: EntryProps) {
  const may = useMay();
  const own = changes.filter(({ path }) => isAt(path, place));
  return (
    <li className="rounded border border-line bg-panel p-3">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <p>
          <span className="font-medium">Version {version}</span>{" "}
          <span className="text-soft">
            {formatTime(createdAt)} by{" "}
            {source === "file" ? "headgate.yaml" : (actor.email ?? `${actor.type} ${actor.id}`)}
          </span>
        </p>
        {may("config.edit", "everywhere") ? <Button onClick={onUndo}>Undo this and later ones</Button> : null}
      </div>
      <Changes changes={own} nameOf={(path) => withoutPlace(path, place)} />
    </li>
  );
}

function isAt(path: string, place: string | undefined): boolean {
  return place === undefined || path === place || path.startsWith(`${place}.`);
}

function withoutPlace(path: string, place: string | undefined): string {
  return place === undefined ? path : path.slice(place.length + 1);
}

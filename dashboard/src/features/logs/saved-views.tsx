import { Popover } from "@base-ui/react/popover";
import { Bookmark, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { type LogsSearch, readLogsSearch } from "./logs-search.ts";
import { useKept } from "./use-kept.ts";

interface SavedView {
  readonly name: string;
  readonly search: LogsSearch;
}

const maxViews = 50;

function readViews(kept: unknown): readonly SavedView[] | null {
  if (!Array.isArray(kept)) return null;
  return kept
    .filter(
      (view): view is SavedView =>
        typeof view?.name === "string" && typeof view.search === "object" && view.search !== null,
    )
    .map(({ name, search }) => ({ name, search: readLogsSearch(search as Record<string, unknown>) }))
    .slice(0, maxViews);
}

interface SavedViewsProps {
  readonly search: LogsSearch;
  readonly onSearch: (search: LogsSearch) => void;
}

/** Filters, range and order under a name, kept in this browser. */
export function SavedViews({ search, onSearch }: SavedViewsProps) {
  const [views, setViews] = useKept<readonly SavedView[]>("headgate.log-views", readViews, () => []);
  const [name, setName] = useState("");
  const { cursor: _cursor, log: _log, ...kept } = search;
  return (
    <Popover.Root>
      <Popover.Trigger render={<Button />}>
        <Bookmark size={14} aria-hidden /> Views
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="end" className="z-30">
          <Popover.Popup className="w-72 max-w-[calc(100vw-2rem)] rounded border border-line bg-raised p-3 shadow-lg">
            <Popover.Title className="mb-2 font-medium">Saved views</Popover.Title>
            {views.length === 0 ? <p className="mb-3 text-soft">None yet. They are kept in this browser.</p> : null}
            <ul className="mb-3 max-h-60 overflow-auto">
              {views.map((view) => (
                <li key={view.name} className="flex">
                  <Popover.Close
                    className="min-w-0 grow truncate rounded px-2 py-1 text-left hover:bg-hover"
                    onClick={() => onSearch(view.search)}
                  >
                    {view.name}
                  </Popover.Close>
                  <button
                    type="button"
                    aria-label={`Delete view ${view.name}`}
                    className="rounded p-1.5 text-soft hover:bg-hover hover:text-bad"
                    onClick={() => setViews(views.filter((each) => each !== view))}
                  >
                    <Trash2 size={14} aria-hidden />
                  </button>
                </li>
              ))}
            </ul>
            <form
              className="grid gap-2"
              onSubmit={(event) => {
                event.preventDefault();
                const others = views.filter((view) => view.name !== name.trim());
                setViews([{ name: name.trim(), search: kept }, ...others].slice(0, maxViews));
                setName("");
              }}
            >
              <TextField label="Name for what is shown now" required maxLength={80} value={name} onText={setName} />
              <Button type="submit" disabled={name.trim() === ""}>
                Save view
              </Button>
            </form>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

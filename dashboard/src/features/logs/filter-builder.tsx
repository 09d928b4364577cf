import { Popover } from "@base-ui/react/popover";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { FilterForm } from "./filter-form.tsx";
import { filterText, type LogFilter } from "./log-filters.ts";

interface FilterBuilderProps {
  readonly filters: readonly LogFilter[];
  readonly onFilters: (filters: readonly LogFilter[]) => void;
}

/** The filters in force, each to be changed or taken away, and a form for another one. */
export function FilterBuilder({ filters, onFilters }: FilterBuilderProps) {
  return (
    <ul aria-label="Filters" className="contents">
      {filters.map((filter, index) => (
        <li key={filterText(filter)} className="flex max-w-full">
          <FilterPopover
            filter={filter}
            onFilter={(changed) => onFilters(filters.with(index, changed))}
            trigger={filterText(filter)}
          />
          <button
            type="button"
            aria-label={`Remove filter ${filterText(filter)}`}
            className="rounded-r border border-l-0 border-line bg-panel px-1.5 text-soft hover:bg-hover hover:text-ink"
            onClick={() => onFilters(filters.filter((_, each) => each !== index))}
          >
            <X size={14} aria-hidden />
          </button>
        </li>
      ))}
      <li>
        <FilterPopover
          filter={null}
          onFilter={(added) => onFilters([...filters, added])}
          trigger={
            <>
              <Plus size={14} aria-hidden /> Filter
            </>
          }
        />
      </li>
    </ul>
  );
}

interface FilterPopoverProps {
  readonly filter: LogFilter | null;
  readonly onFilter: (filter: LogFilter) => void;
  readonly trigger: React.ReactNode;
}

function FilterPopover({ filter, onFilter, trigger }: FilterPopoverProps) {
  const [isOpen, setOpen] = useState(false);
  const look = filter === null ? "" : "min-w-0 rounded-r-none";
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger render={<Button className={look} />}>
        {typeof trigger === "string" ? <span className="truncate">{trigger}</span> : trigger}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="start" className="z-30">
          <Popover.Popup className="w-72 max-w-[calc(100vw-2rem)] rounded border border-line bg-raised p-3 shadow-lg">
            <Popover.Title className="mb-2 font-medium">
              {filter === null ? "New filter" : "Change filter"}
            </Popover.Title>
            <FilterForm
              filter={filter}
              onFilter={(made) => {
                setOpen(false);
                onFilter(made);
              }}
            />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

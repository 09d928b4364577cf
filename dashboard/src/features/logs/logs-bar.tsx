import { Radio } from "lucide-react";
import { Button } from "../../components/ui/button.tsx";
import { RangeChoice } from "../../components/ui/range-choice.tsx";
import { GatewayChoice } from "../gateways/gateway-choice.tsx";
import { FilterBuilder } from "./filter-builder.tsx";
import type { LogsSearch } from "./logs-search.ts";
import { SearchField } from "./search-field.tsx";
import type { LiveTail } from "./use-live-tail.ts";

/** What is to be different; undefined takes a member away. */
export type SearchChanges = { readonly [Name in keyof LogsSearch]?: LogsSearch[Name] | undefined };

interface LogsBarProps {
  readonly search: LogsSearch;
  readonly gatewayId: string;
  readonly tailState: LiveTail["state"];
  readonly onShow: (changes: SearchChanges) => void;
}

/** Which logs are shown: gateway, range, words, filters, and whether new ones come by themselves. */
export function LogsBar({ search, gatewayId, tailState, onShow }: LogsBarProps) {
  return (
    <div className="mb-3 flex flex-wrap gap-2">
      <GatewayChoice value={gatewayId} onGateway={(gateway) => onShow({ gateway, log: undefined })} />
      <RangeChoice
        withAll
        value={search}
        onRange={(range) => onShow({ range: undefined, from: undefined, to: undefined, ...range })}
      />
      <SearchField
        key={search.search}
        value={search.search ?? ""}
        onSearch={(text) => onShow({ search: text || undefined })}
      />
      <Button
        aria-pressed={search.live === true}
        className={search.live === true ? "!border-accent !text-accent" : ""}
        onClick={() =>
          onShow(search.live ? { live: undefined } : { live: true, order: undefined, ascending: undefined })
        }
      >
        <Radio size={14} aria-hidden />{" "}
        {{ off: "Live", connecting: "Live …", open: "Live", away: "Live: away" }[tailState]}
      </Button>
      <FilterBuilder
        filters={search.filters ?? []}
        onFilters={(filters) => onShow({ filters: filters.length === 0 ? undefined : filters })}
      />
    </div>
  );
}

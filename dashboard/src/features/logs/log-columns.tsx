import { columnVisibilityFeature, createColumnHelper, tableFeatures } from "@tanstack/react-table";
import { ThumbsDown, ThumbsUp } from "lucide-react";
import type { Log } from "../../api/generated/operations.ts";
import { formatCount, formatDuration, formatShortTime, formatUsd, NOTHING } from "../../lib/format.ts";
import type { OrderKey } from "./logs-search.ts";
import { StatusBadge } from "./status-badge.tsx";

/** Which of the table's parts are used. */
export const logTableFeatures = tableFeatures({ columnVisibilityFeature });

/** How a column is laid out. */
interface Layout {
  /** A track of a CSS grid. */
  readonly track: string;
  readonly isNumber?: true;
  /** By what the API sorts this column; absent when it does not. */
  readonly order?: OrderKey;
}

const helper = createColumnHelper<typeof logTableFeatures, Log>();

/** Every column there is, by id. Texts of providers and users are shown as text, never as markup. */
export const logColumns = helper.columns([
  helper.display({ id: "time", header: "Time", cell: ({ row }) => formatShortTime(row.original.created_at) }),
  helper.display({ id: "status", header: "Status", cell: ({ row }) => <StatusBadge log={row.original} /> }),
  helper.accessor("model", { header: "Model", cell: ({ getValue }) => getValue() }),
  helper.accessor("provider", { header: "Provider" }),
  helper.accessor("path", { header: "Path" }),
  helper.accessor("request_type", { header: "Request type" }),
  helper.accessor("duration", { header: "Duration", cell: ({ getValue }) => formatDuration(getValue()) }),
  helper.accessor("time_to_first_byte", { header: "First byte", cell: ({ getValue }) => formatDuration(getValue()) }),
  helper.accessor("overhead", { header: "Gateway", cell: ({ getValue }) => formatDuration(getValue()) }),
  helper.accessor("tokens_in", { header: "Tokens in", cell: ({ getValue }) => formatCount(getValue()) }),
  helper.accessor("tokens_out", { header: "Tokens out", cell: ({ getValue }) => formatCount(getValue()) }),
  helper.display({
    id: "cost",
    header: "Cost",
    cell: ({ row: { original } }) => (original.cost_state === "unpriced" ? "unpriced" : formatUsd(original.cost)),
  }),
  helper.accessor("cached", {
    header: "Cache",
    cell: ({ row }) => row.original.cache_status?.toLowerCase() ?? NOTHING,
  }),
  helper.accessor("streamed", { header: "Streamed", cell: ({ getValue }) => (getValue() ? "yes" : "no") }),
  helper.accessor("attempt", { header: "Attempt" }),
  helper.accessor("step", { header: "Step" }),
  helper.accessor("user", { header: "User", cell: ({ getValue }) => getValue() ?? NOTHING }),
  helper.display({ id: "metadata", header: "Metadata", cell: ({ row }) => metadataText(row.original.metadata) }),
  helper.accessor("feedback", { header: "Feedback", cell: ({ getValue }) => <Thumb feedback={getValue()} /> }),
  helper.accessor("score", { header: "Score", cell: ({ getValue }) => getValue() ?? NOTHING }),
  helper.accessor("user_agent", { header: "User agent", cell: ({ getValue }) => getValue() ?? NOTHING }),
  helper.accessor("event_id", { header: "Event id" }),
  helper.accessor("id", { header: "Log id" }),
]);

/** How each column is laid out, by its id. */
export const logLayouts: Readonly<Record<string, Layout>> = {
  time: { track: "clamp(7rem, 12vw, 8.5rem)", order: "created_at" },
  status: { track: "clamp(6.5rem, 11vw, 8.5rem)", order: "success" },
  model: { track: "minmax(9rem, 2fr)", order: "model" },
  provider: { track: "minmax(7rem, 1fr)", order: "provider" },
  path: { track: "minmax(8rem, 1fr)" },
  request_type: { track: "7rem" },
  duration: { track: "6rem", isNumber: true, order: "duration" },
  time_to_first_byte: { track: "6rem", isNumber: true },
  overhead: { track: "6rem", isNumber: true },
  tokens_in: { track: "6rem", isNumber: true, order: "tokens_in" },
  tokens_out: { track: "6.5rem", isNumber: true, order: "tokens_out" },
  cost: { track: "7.5rem", isNumber: true, order: "cost" },
  cached: { track: "4.5rem", order: "cached" },
  streamed: { track: "5rem" },
  attempt: { track: "4.5rem", isNumber: true },
  step: { track: "3.5rem", isNumber: true },
  user: { track: "minmax(7rem, 1fr)" },
  metadata: { track: "minmax(10rem, 2fr)" },
  feedback: { track: "5.5rem", order: "feedback" },
  score: { track: "4rem", isNumber: true },
  user_agent: { track: "minmax(8rem, 1fr)" },
  event_id: { track: "20rem" },
  id: { track: "20rem" },
};

function metadataText(metadata: Log["metadata"]): string {
  const entries = Object.entries(metadata ?? {});
  return entries.length === 0 ? NOTHING : entries.map(([name, value]) => `${name}: ${value}`).join(", ");
}

function Thumb({ feedback }: { readonly feedback: number | null }) {
  if (feedback === 1) return <ThumbsUp size={14} role="img" aria-label="good" className="text-good" />;
  if (feedback === -1) return <ThumbsDown size={14} role="img" aria-label="bad" className="text-bad" />;
  return NOTHING;
}

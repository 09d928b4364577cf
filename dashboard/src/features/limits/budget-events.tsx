import type { Event } from "../../api/generated/operations.ts";
import { useApi } from "../../api/use-api.ts";
import { useAccount } from "../../app/account.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { type Column, PlainTable } from "../../components/ui/plain-table.tsx";
import { formatTime, formatUsd } from "../../lib/format.ts";

const MOST_SHOWN = 20;

const columns: readonly Column<Event>[] = [
  { title: "When", cell: (event) => formatTime(event.created_at) },
  { title: "Budget", cell: ({ budget, split }) => [budget, ...split.map((value) => value ?? "none")].join(", ") },
  { title: "Passed", cell: ({ threshold }) => `${threshold} %` },
  { title: "Spent", cell: ({ spent, limit }) => `${formatUsd(spent)} of ${formatUsd(limit)}` },
  { title: "Gateway", cell: ({ gateway }) => gateway },
];

/** The thresholds of budgets that were passed last. */
export function BudgetEvents() {
  const { accountId } = useAccount();
  const query = useApi("GET /api/accounts/{account_id}/events", {
    path: { account_id: accountId },
    query: { limit: MOST_SHOWN },
  });
  return (
    <section aria-labelledby="budget-events-title">
      <h2 id="budget-events-title" className="mb-2 font-semibold">
        Thresholds passed
      </h2>
      <Answered query={query}>
        {({ result }) => (
          <PlainTable
            label="Thresholds passed"
            columns={columns}
            rows={result}
            keyOf={({ id }) => id}
            empty="No budget has passed a threshold."
          />
        )}
      </Answered>
    </section>
  );
}

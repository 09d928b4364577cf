import { useQuery } from "@tanstack/react-query";
import { ApiError, callApi } from "../../api/call-api.ts";
import type { LogDetail } from "../../api/generated/operations.ts";
import { formatCount, formatUsd } from "../../lib/format.ts";
import { costLines } from "./cost-lines.ts";

/** What a request cost and how that came about. */
export function LogCost({ log }: { readonly log: LogDetail }) {
  const model = log.model.slice(log.provider.length + 1);
  const price = useQuery({
    queryKey: ["price", log.provider, model, log.created_at],
    queryFn: async ({ signal }) => {
      const query = { provider: log.provider, model, at: log.created_at };
      return (await callApi("GET /api/prices", { query, signal })).result.price;
    },
    enabled: log.cost_state === "priced" && !log.cached && model !== "",
    // A provider that is not there any more has no price; that is no fault of this page.
    retry: (count, error) => count < 1 && !(error instanceof ApiError),
  });
  const lines = price.data == null ? [] : costLines(log.usage_metadata, price.data.prices);
  const sum = lines.reduce((total, { usd }) => total + usd, 0);
  const difference = (log.cost ?? 0) - sum;
  const isOther = lines.length > 0 && Math.abs(difference) > 5e-8;
  return (
    <section>
      <h3 className="mb-1 font-medium">Cost</h3>
      <table className="w-full max-w-lg tabular-nums">
        <tbody>
          {lines.map(({ name, tokens, perMillion, usd }) => (
            <tr key={name}>
              <th scope="row" className="py-0.5 pr-3 text-left font-normal">
                {name}
              </th>
              <td className="pr-3 text-right text-soft">
                {formatCount(tokens)} × {formatUsd(perMillion)} / M
              </td>
              <td className="text-right">{formatUsd(usd)}</td>
            </tr>
          ))}
          {isOther ? (
            <tr>
              <th scope="row" className="py-0.5 pr-3 text-left font-normal">
                Other charges, or prices of another version
              </th>
              <td />
              <td className="text-right">{formatUsd(difference)}</td>
            </tr>
          ) : null}
          <tr className="border-t border-line font-medium">
            <th scope="row" className="py-0.5 pr-3 text-left">
              In all
            </th>
            <td className="pr-3 text-right text-soft">{stateText(log)}</td>
            <td className="text-right">{formatUsd(log.cost)}</td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}

function stateText({
  cost_state: state,
  cached,
  usage_estimated: isEstimated,
  price_version: version,
}: LogDetail): string {
  if (cached) return "out of the cache";
  if (state === "unpriced") return "no price is known for this model";
  if (state === "custom") return "your own price, by header";
  if (state === "none") return "nothing to pay for";
  return [isEstimated ? "usage is estimated" : null, version].filter(Boolean).join(", ");
}

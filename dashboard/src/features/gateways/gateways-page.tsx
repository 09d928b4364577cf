import { useQuery } from "@tanstack/react-query";
import { callApi } from "../../api/call-api.ts";
import { useAccount } from "../../app/account.tsx";
import { Failure } from "../../components/ui/failure.tsx";
import { Loading } from "../../components/ui/loading.tsx";
import { Page } from "../../components/ui/page.tsx";
import { formatTime } from "../../lib/format.ts";

/** Every gateway of the account. */
export function GatewaysPage() {
  const { accountId } = useAccount();
  const gateways = useQuery({
    queryKey: ["gateways", accountId],
    queryFn: () =>
      callApi("GET /client/v4/accounts/{account_id}/ai-gateway/gateways", {
        path: { account_id: accountId },
        query: { per_page: 100 },
      }),
  });
  return (
    <Page title="Gateways" lead="Each is an address for requests, with settings of its own.">
      {gateways.isPending ? <Loading /> : null}
      {gateways.isError ? <Failure error={gateways.error} retry={() => void gateways.refetch()} /> : null}
      {gateways.data === undefined ? null : (
        <div className="overflow-x-auto rounded border border-line bg-panel">
          <table className="w-full text-left">
            <thead className="border-b border-line text-soft">
              <tr>
                {["Gateway", "Asks for a token", "Logs", "Retries", "Changed"].map((title) => (
                  <th key={title} scope="col" className="px-3 py-2 font-medium whitespace-nowrap">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {gateways.data.result.map((gateway) => (
                <tr key={gateway.id} className="border-b border-line last:border-0">
                  <td className="px-3 py-2 font-medium">
                    {gateway.id}
                    {gateway.managed_by === "file" ? (
                      <span className="ml-2 text-xs text-soft">in headgate.yaml</span>
                    ) : null}
                  </td>
                  <td className="px-3 py-2">{gateway.authentication ? "yes" : "no"}</td>
                  <td className="px-3 py-2">{gateway.collect_logs ? "kept" : "not kept"}</td>
                  <td className="px-3 py-2">{gateway.retry_max_attempts ?? 1}</td>
                  <td className="px-3 py-2 whitespace-nowrap">{formatTime(gateway.modified_at)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Page>
  );
}

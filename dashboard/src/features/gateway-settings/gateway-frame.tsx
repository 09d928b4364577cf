import { Link, Outlet } from "@tanstack/react-router";
import { useMay } from "../../app/session.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { FileNote } from "../../components/ui/file-note.tsx";
import { Page } from "../../components/ui/page.tsx";
import { openTabLink, tabLink, TabLinks } from "../../components/ui/tab-links.tsx";
import { useGateway, useGatewayPath } from "./use-gateway.ts";

const tabs = [
  { to: "/ui/gateways/$gatewayId/settings", label: "Settings", permission: "gateways.read" },
  { to: "/ui/gateways/$gatewayId/keys", label: "Provider keys", permission: "keys.read" },
  { to: "/ui/gateways/$gatewayId/domains", label: "Custom domains", permission: "domains.read" },
  { to: "/ui/gateways/$gatewayId/history", label: "History", permission: "config.read" },
] as const;

/** One gateway: its address, and the parts of its settings. */
export function GatewayFrame() {
  const { account_id: accountId, gateway_id: gatewayId } = useGatewayPath();
  const gateway = useGateway();
  const may = useMay();
  return (
    <Page title={gatewayId} lead={`${location.origin}/v1/${accountId}/${gatewayId}/{provider}/…`}>
      <TabLinks label="Parts of this gateway">
        {tabs
          .filter(({ permission }) => may(permission))
          .map(({ to, label }) => (
            <Link
              key={to}
              to={to}
              params={{ gatewayId }}
              className={tabLink}
              activeProps={{ className: openTabLink, "aria-current": "page" }}
            >
              {label}
            </Link>
          ))}
      </TabLinks>
      <Answered query={gateway}>
        {({ result }) => (
          <div className="space-y-4">
            {result.managed_by === "file" ? <FileNote what={`This gateway`} /> : null}
            <Outlet />
          </div>
        )}
      </Answered>
    </Page>
  );
}

import { Page } from "../../components/ui/page.tsx";
import { History } from "./history.tsx";

/** Every version of the settings of the installation. */
export function HistoryPage() {
  return (
    <Page
      title="History of settings"
      lead="Who changed gateways, providers, domains and accounts, and how they were before."
    >
      <History />
    </Page>
  );
}

import { useId } from "react";
import { useApi } from "../../api/use-api.ts";
import { useAccount } from "../../app/account.tsx";
import { useMay } from "../../app/session.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { builtInProviders } from "./built-in-providers.ts";

interface ProviderFieldProps {
  readonly value: string;
  readonly onText: (slug: string) => void;
  readonly fault: string | undefined;
}

/** The slug of a provider, with those that are known here to choose from. */
export function ProviderField({ value, onText, fault }: ProviderFieldProps) {
  const id = useId();
  const { accountId } = useAccount();
  const may = useMay();
  const custom = useApi(
    "GET /client/v4/accounts/{account_id}/ai-gateway/custom-providers",
    { path: { account_id: accountId }, query: { per_page: 100 } },
    may("providers.read"),
  );
  const own = custom.data?.result.map(({ slug }) => `custom-${slug}`) ?? [];
  return (
    <>
      <TextField
        label="Provider"
        list={id}
        autoComplete="off"
        hint="As in the path of requests; those of your own begin with custom-."
        value={value}
        onText={onText}
        fault={fault}
      />
      <datalist id={id}>
        {[...own, ...builtInProviders].map((slug) => (
          <option key={slug} value={slug} />
        ))}
      </datalist>
    </>
  );
}

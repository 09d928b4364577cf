import { useApi } from "../../api/use-api.ts";
import { useAccount } from "../../app/account.tsx";
import { useMay } from "../../app/session.tsx";
import { SelectField } from "../../components/ui/select-field.tsx";

interface BudgetFieldProps {
  /** Name of a budget; empty for none. */
  readonly value: string;
  readonly onValue: (budget: string) => void;
  readonly fault: string | undefined;
}

/** The budget that the requests of a token are held to. */
export function BudgetField({ value, onValue, fault }: BudgetFieldProps) {
  const { accountId } = useAccount();
  const may = useMay();
  const asked = { path: { account_id: accountId }, query: { per_page: 100 } };
  const budgets = useApi("GET /api/accounts/{account_id}/budgets", asked, may("budgets.read"));
  const known = budgets.data?.result.map(({ id }) => id) ?? [];
  const names = value === "" || known.includes(value) ? known : [value, ...known];
  return (
    <SelectField
      label="Budget"
      hint="Its requests are held to this one; a budget may be for the tokens that name it alone."
      value={value}
      onChoose={onValue}
      choices={[{ value: "", label: "none of its own" }, ...names.map((name) => ({ value: name, label: name }))]}
      fault={fault}
    />
  );
}

import { SelectField } from "../../components/ui/select-field.tsx";
import { useGateways } from "./use-gateways.ts";

interface GatewayChoiceProps {
  /** Empty for all of them. */
  readonly value: string;
  readonly onGateway: (gatewayId: string) => void;
  /** Whether all of them may be chosen. Default false. */
  readonly withAll?: boolean;
}

/** One gateway of the account in use. One that is not there (any more) stays in the list, so the page says why it is empty. */
export function GatewayChoice({ value, onGateway, withAll = false }: GatewayChoiceProps) {
  const gateways = useGateways();
  const ids = (gateways.data?.result ?? []).map(({ id }) => id);
  const known = value === "" || ids.includes(value) ? ids : [value, ...ids];
  const options = [
    ...(withAll ? [{ value: "", label: "All gateways" }] : []),
    ...known.map((id) => ({ value: id, label: id })),
  ];
  return <SelectField label="Gateway" isLabelHidden value={value} choices={options} onChoose={onGateway} />;
}

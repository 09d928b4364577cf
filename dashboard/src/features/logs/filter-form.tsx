import { useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { SelectField } from "../../components/ui/select-field.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import {
  type FilterField,
  type FilterOperator,
  type FilterValue,
  fieldOf,
  filterFields,
  type LogFilter,
  metadataKey,
  operatorsOf,
  operatorText,
} from "./log-filters.ts";

interface FilterFormProps {
  /** What to begin with; null for a new one. */
  readonly filter: LogFilter | null;
  readonly onFilter: (filter: LogFilter) => void;
}

const entryChoice = "metadata entry";
const textField = filterFields.find(({ key }) => key === "provider") as FilterField;

/** Field, operator and values of one filter. */
export function FilterForm({ filter, onFilter }: FilterFormProps) {
  const isEntry = filter !== null && filterFields.every(({ key }) => key !== filter.key);
  const [key, setKey] = useState(isEntry ? entryChoice : (filter?.key ?? "provider"));
  const [name, setName] = useState(isEntry ? filter.key.replace(/^metadata\.(entry\.)?/, "") : "");
  const [operator, setOperator] = useState<FilterOperator>(filter?.operator ?? "eq");
  const [values, setValues] = useState<readonly string[]>(filter?.value.map((each) => String(each ?? "")) ?? [""]);
  const field = fieldOf(key) ?? textField;
  const operators = operatorsOf(field.kind);
  const chosen = operators.includes(operator) ? operator : "eq";
  const submit = (): void => {
    const shown = field.kind === "yes-no" ? values.slice(0, 1) : values;
    onFilter({
      key: key === entryChoice ? metadataKey(name.trim()) : key,
      operator: chosen,
      value: shown.map((text) => valueOf(field, text)),
    });
  };
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <SelectField
        label="Field"
        value={key}
        choices={[
          ...filterFields.map((each) => ({ value: each.key, label: each.label })),
          { value: entryChoice, label: "Metadata entry …" },
        ]}
        onChoose={(chosenKey) => {
          setKey(chosenKey);
          setValues([""]);
        }}
      />
      {key === entryChoice ? (
        <TextField label="Name of the entry" required maxLength={200} value={name} onText={setName} />
      ) : null}
      {field.kind === "yes-no" ? null : (
        <SelectField
          label="Condition"
          value={chosen}
          choices={operators.map((each) => ({ value: each, label: operatorText(field.kind, each) }))}
          onChoose={setOperator}
        />
      )}
      <ValueFields
        field={field}
        values={values}
        onValues={setValues}
        withNothing={chosen === "eq" || chosen === "neq"}
      />
      <Button kind="main" type="submit">
        Apply
      </Button>
    </form>
  );
}

interface ValueFieldsProps {
  readonly field: FilterField;
  readonly values: readonly string[];
  readonly onValues: (values: readonly string[]) => void;
  /** Whether an empty value means that there is nothing. */
  readonly withNothing: boolean;
}

function ValueFields({ field, values, onValues, withNothing }: ValueFieldsProps) {
  if (field.kind === "yes-no") {
    return (
      <SelectField
        label="Value"
        value={values[0] === "false" ? "false" : "true"}
        choices={[
          { value: "true", label: "yes" },
          { value: "false", label: "no" },
        ]}
        onChoose={(value) => onValues([value])}
      />
    );
  }
  const unit = field.unit === undefined ? "" : ` (${field.unit})`;
  return (
    <div className="grid gap-2">
      {values.map((value, index) => (
        <TextField
          // oxlint-disable-next-line react/no-array-index-key -- values have no other identity
          key={index}
          label={index === 0 ? `Value${unit}` : "Or"}
          type={field.kind === "number" ? "number" : field.kind === "time" ? "datetime-local" : "text"}
          step="any"
          required={!withNothing}
          value={field.kind === "time" ? localText(value) : value}
          onText={(text) => onValues(values.with(index, text))}
          {...(withNothing && index === 0 ? { hint: "Left empty: logs that have none." } : {})}
        />
      ))}
      {values.length < 20 ? (
        <Button onClick={() => onValues([...values, ""])} className="justify-self-start">
          Or another value
        </Button>
      ) : null}
    </div>
  );
}

function valueOf({ kind }: FilterField, text: string): FilterValue {
  if (kind === "yes-no") return text !== "false";
  if (text === "") return null;
  if (kind === "number") return Number(text);
  return kind === "time" ? new Date(text).toISOString() : text;
}

/** A moment as the browser's control takes it. */
function localText(value: string): string {
  const ms = Date.parse(value);
  if (!value.endsWith("Z") || Number.isNaN(ms)) return value;
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

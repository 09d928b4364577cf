import { Field } from "@base-ui/react/field";

interface SelectFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChoose: (value: string) => void;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly hint?: string | undefined;
  readonly fault?: string | undefined;
  readonly disabled?: boolean;
  readonly className?: string;
}

/** A labelled choice of one: the browser's own, which phones and screen readers know. */
export function SelectField(props: SelectFieldProps) {
  const { label, value, onChoose, choices, hint, fault, disabled = false, className = "" } = props;
  return (
    <Field.Root invalid={fault !== undefined} disabled={disabled} className={`block ${className}`}>
      <Field.Label className="mb-1 block text-sm font-medium">{label}</Field.Label>
      <Field.Control
        render={
          <select>
            {choices.map((choice) => (
              <option key={choice.value} value={choice.value}>
                {choice.label}
              </option>
            ))}
          </select>
        }
        value={value}
        onChange={(event) => onChoose(event.currentTarget.value)}
        className="w-full rounded border border-line bg-panel px-2 py-1.5 data-invalid:border-bad disabled:opacity-60"
      />
      {hint === undefined ? null : <Field.Description className="mt-1 text-xs text-soft">{hint}</Field.Description>}
      {fault === undefined ? null : <p className="mt-1 text-xs text-bad">{fault}</p>}
    </Field.Root>
  );
}

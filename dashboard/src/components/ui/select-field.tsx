import { useId } from "react";

interface SelectFieldProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly onChoose: (value: Value) => void;
  readonly choices: readonly { readonly value: Value; readonly label: string }[];
  readonly hint?: string | undefined;
  readonly fault?: string | undefined;
  readonly disabled?: boolean;
  /** Whether the label is only for screen readers. Default false. */
  readonly isLabelHidden?: boolean;
  readonly className?: string;
}

/** A labelled choice of one in the browser's own control: it works by keyboard, on phones and for screen readers as people expect. */
export function SelectField<Value extends string>(props: SelectFieldProps<Value>) {
  const { label, value, onChoose, choices, hint, fault, disabled = false } = props;
  const { isLabelHidden = false, className = "" } = props;
  const id = useId();
  const told = fault ?? hint;
  return (
    <div className={className}>
      <label htmlFor={id} className={isLabelHidden ? "sr-only" : "mb-1 block text-sm font-medium"}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        aria-invalid={fault !== undefined}
        aria-describedby={told === undefined ? undefined : `${id}-told`}
        onChange={(event) => onChoose(event.currentTarget.value as Value)}
        className="h-8.5 w-full max-w-full rounded border border-line bg-panel px-2 text-sm aria-invalid:border-bad disabled:opacity-60"
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <div id={`${id}-told`} className="text-xs">
        {hint === undefined ? null : <p className="mt-1 text-soft">{hint}</p>}
        {fault === undefined ? null : <p className="mt-1 text-bad">{fault}</p>}
      </div>
    </div>
  );
}

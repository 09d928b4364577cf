import { useId } from "react";

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChoice: (value: Value) => void;
  /** Whether the label is only for screen readers. Default false. */
  readonly isLabelHidden?: boolean;
  readonly className?: string;
}

/** One of a list, in the browser's own control: it works by keyboard and on phones as people expect. */
export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { label, value, options, onChoice, isLabelHidden = false, className = "" } = props;
  const id = useId();
  return (
    <div className={className}>
      <label htmlFor={id} className={isLabelHidden ? "sr-only" : "mb-1 block text-sm font-medium"}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => onChoice(event.currentTarget.value as Value)}
        className="h-8.5 w-full max-w-full rounded border border-line bg-panel px-2 text-sm"
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}

import { Field } from "@base-ui/react/field";
import type { InputHTMLAttributes } from "react";

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value" | "defaultValue"> {
  readonly label: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly hint?: string;
  /** What is wrong with it; nothing when absent. */
  readonly fault?: string | undefined;
}

/** A labelled line of text with a hint and the fault that was found in it. */
export function TextField({ label, value, onText, hint, fault, className = "", ...rest }: TextFieldProps) {
  return (
    <Field.Root invalid={fault !== undefined} className={`block ${className}`}>
      <Field.Label className="mb-1 block text-sm font-medium">{label}</Field.Label>
      <Field.Control
        {...rest}
        value={value}
        onChange={(event) => onText(event.currentTarget.value)}
        className="w-full rounded border border-line bg-panel px-2.5 py-1.5 data-invalid:border-bad"
      />
      {hint === undefined ? null : <Field.Description className="mt-1 text-xs text-soft">{hint}</Field.Description>}
      {fault === undefined ? null : <p className="mt-1 text-xs text-bad">{fault}</p>}
    </Field.Root>
  );
}

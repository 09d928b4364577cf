import { Field } from "@base-ui/react/field";

interface TextAreaFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly hint?: string | undefined;
  readonly fault?: string | undefined;
  readonly disabled?: boolean;
  readonly rows?: number;
  readonly placeholder?: string;
}

/** A labelled text of several lines, in letters of one width. */
export function TextAreaField(props: TextAreaFieldProps) {
  const { label, value, onText, hint, fault, disabled = false, rows = 3, placeholder } = props;
  return (
    <Field.Root invalid={fault !== undefined} disabled={disabled} className="block">
      <Field.Label className="mb-1 block text-sm font-medium">{label}</Field.Label>
      <Field.Control
        render={<textarea rows={rows} spellCheck={false} />}
        value={value}
        placeholder={placeholder}
        onChange={(event) => onText(event.currentTarget.value)}
        className="w-full rounded border border-line bg-panel px-2.5 py-1.5 font-mono text-xs data-invalid:border-bad disabled:opacity-60"
      />
      {hint === undefined ? null : <Field.Description className="mt-1 text-xs text-soft">{hint}</Field.Description>}
      {fault === undefined ? null : <p className="mt-1 text-xs text-bad">{fault}</p>}
    </Field.Root>
  );
}

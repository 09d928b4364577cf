import { useState } from "react";
import { TextField } from "./text-field.tsx";

interface NumberFieldProps {
  readonly label: string;
  /** What is no number stands as the text that was entered, so that its fault can be told. */
  readonly value: number | string | null;
  readonly onValue: (value: number | string | null) => void;
  readonly hint?: string | undefined;
  readonly fault?: string | undefined;
  readonly disabled?: boolean;
  readonly placeholder?: string;
}

/** A labelled number; nothing entered is null. */
export function NumberField({ value, onValue, hint, ...rest }: NumberFieldProps) {
  const [text, setText] = useState(textOf(value));
  // What was entered stays as it was entered, such as "0." on the way to 0.5, until the number is another.
  const shown = valueOf(text) === value ? text : textOf(value);
  return (
    <TextField
      {...rest}
      {...(hint === undefined ? {} : { hint })}
      inputMode="decimal"
      autoComplete="off"
      value={shown}
      onText={(next) => {
        setText(next);
        onValue(valueOf(next));
      }}
    />
  );
}

function textOf(value: number | string | null): string {
  return value === null ? "" : String(value);
}

function valueOf(text: string): number | string | null {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(trimmed) ? Number(trimmed) : trimmed;
}

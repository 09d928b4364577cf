import { useState } from "react";
import { TextField } from "./text-field.tsx";
import { isSame } from "../../lib/differences.ts";

interface ValuesFieldProps {
  readonly label: string;
  readonly values: readonly string[] | undefined;
  readonly onValues: (values: readonly string[]) => void;
  /** What no values mean. Default "empty for all". */
  readonly none?: string;
}

/** Some values in one line, separated by commas. */
export function ValuesField({ label, values = [], onValues, none = "empty for all" }: ValuesFieldProps) {
  const [text, setText] = useState(() => values.join(", "));
  return (
    <TextField
      label={label}
      hint={`Separated by commas; ${none}.`}
      autoComplete="off"
      spellCheck={false}
      // What was entered stays as it was entered until the values are others.
      value={isSame(valuesIn(text), values) ? text : values.join(", ")}
      onText={(next) => {
        setText(next);
        onValues(valuesIn(next));
      }}
    />
  );
}

function valuesIn(text: string): string[] {
  return text
    .split(",")
    .map((value) => value.trim())
    .filter((value) => value !== "");
}

import { useState } from "react";
import { TextAreaField } from "../../components/ui/text-area-field.tsx";
import { isSame } from "../../lib/differences.ts";

type Headers = Readonly<Record<string, string>>;

/** Header fields, written one a line as `name: value`. */
export function HeaderLinesField({
  headers,
  onHeaders,
}: {
  readonly headers: Headers;
  readonly onHeaders: (headers: Headers) => void;
}) {
  const [text, setText] = useState(() => linesOf(headers));
  return (
    <TextAreaField
      label="Other header fields"
      hint="One a line: name: value"
      // What was entered stays as it was entered until the fields are others.
      value={isSame(headersIn(text), headers) ? text : linesOf(headers)}
      onText={(next) => {
        setText(next);
        onHeaders(headersIn(next));
      }}
    />
  );
}

function linesOf(headers: Headers): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}

function headersIn(text: string): Record<string, string> {
  const pairs = text.split("\n").map((line): [string, string] => {
    const [name = "", ...rest] = line.split(":");
    return [name.trim(), rest.join(":").trim()];
  });
  return Object.fromEntries(pairs.filter(([name]) => name !== ""));
}

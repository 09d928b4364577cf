import { useState } from "react";
import { TextAreaField } from "../../components/ui/text-area-field.tsx";
import { isSame } from "../../lib/differences.ts";
import { metadataLines, type MetadataValues, readMetadataLines } from "./metadata-lines.ts";

interface MetadataFieldProps {
  readonly values: MetadataValues;
  readonly onValues: (values: MetadataValues) => void;
  readonly fault: string | undefined;
}

/** Which metadata a request has to carry for a rule to count it. */
export function MetadataField({ values, onValues, fault }: MetadataFieldProps) {
  const [text, setText] = useState(() => metadataLines(values));
  // Names with a colon and values with a comma would come back as others.
  const [isWritable] = useState(() => isSame(readMetadataLines(metadataLines(values)), values));
  const isReadable = readMetadataLines(text) !== null;
  return (
    <TextAreaField
      label="Metadata"
      hint={
        isWritable
          ? "One key a line with the values that count, such as team: blue, red. All lines have to fit; empty for any."
          : "It has names or values that cannot be written as lines: change it through the API."
      }
      disabled={!isWritable}
      placeholder="team: blue, red"
      value={text}
      onText={(next) => {
        setText(next);
        const read = readMetadataLines(next);
        if (read !== null) onValues(read);
      }}
      fault={isReadable || !isWritable ? fault : "Expected a key, a colon and values on each line, and each key once"}
    />
  );
}

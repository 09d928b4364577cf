import { Plus, Trash2 } from "lucide-react";
import { Button } from "../../components/ui/button.tsx";
import { SelectField } from "../../components/ui/select-field.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { HeaderLinesField } from "./header-lines-field.tsx";

interface Exporter {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly authorization?: string;
  readonly content_type?: "json" | "protobuf";
}

interface ExportersProps {
  readonly value: unknown;
  readonly onValue: (value: readonly Exporter[] | null) => void;
  readonly fault: string | undefined;
  readonly isFixed: boolean;
}

/** The collectors of a gateway, one below the other. */
export function Exporters({ value, onValue, fault, isFixed }: ExportersProps) {
  const exporters = Array.isArray(value) ? (value as readonly Exporter[]) : [];
  const put = (next: readonly Exporter[]) => onValue(next.length === 0 ? null : next);
  return (
    <>
      {exporters.length === 0 ? <p className="text-soft">No collector gets anything.</p> : null}
      {exporters.map((exporter, index) => (
        <ExporterFields
          // oxlint-disable-next-line react/no-array-index-key -- they have no other name, and none moves
          key={index}
          number={index + 1}
          exporter={exporter}
          isFixed={isFixed}
          onExporter={(next) => put(exporters.with(index, next))}
          onRemove={() => put(exporters.toSpliced(index, 1))}
        />
      ))}
      {fault === undefined ? null : <p className="text-xs text-bad">{fault}</p>}
      {isFixed || exporters.length >= 10 ? null : (
        <div>
          <Button onClick={() => put([...exporters, { url: "" }])}>
            <Plus size={14} aria-hidden /> Add collector
          </Button>
        </div>
      )}
    </>
  );
}

interface ExporterFieldsProps {
  readonly number: number;
  readonly exporter: Exporter;
  readonly isFixed: boolean;
  readonly onExporter: (exporter: Exporter) => void;
  readonly onRemove: () => void;
}

function ExporterFields({ number, exporter, isFixed, onExporter, onRemove }: ExporterFieldsProps) {
  const { authorization, ...withoutAuthorization } = exporter;
  return (
    <fieldset className="grid gap-3 rounded border border-line p-3" disabled={isFixed}>
      <legend className="px-1 text-sm font-medium">Collector {number}</legend>
      <TextField
        label="URL"
        type="url"
        placeholder="https://otel.example.com/v1/traces"
        value={exporter.url}
        onText={(url) => onExporter({ ...exporter, url })}
      />
      <SelectField
        label="Format"
        value={exporter.content_type ?? "json"}
        onChoose={(type) => onExporter({ ...exporter, content_type: type === "protobuf" ? "protobuf" : "json" })}
        choices={[
          { value: "json", label: "JSON" },
          { value: "protobuf", label: "Protocol Buffers" },
        ]}
      />
      <TextField
        label="Authorization, by reference"
        hint="env:NAME or file:PATH of the gateway's machine; sent as authorization."
        placeholder="env:OTEL_TOKEN"
        value={authorization ?? ""}
        onText={(text) => onExporter(text === "" ? withoutAuthorization : { ...exporter, authorization: text })}
      />
      <HeaderLinesField
        headers={exporter.headers ?? {}}
        onHeaders={(headers) => onExporter({ ...exporter, headers })}
      />
      {isFixed ? null : (
        <div>
          <Button onClick={onRemove}>
            <Trash2 size={14} aria-hidden /> Remove collector {number}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

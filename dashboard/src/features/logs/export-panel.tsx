import { Popover } from "@base-ui/react/popover";
import { Download } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { SelectField } from "../../components/ui/select-field.tsx";
import { Failure } from "../../components/ui/failure.tsx";
import { formatBytes, formatCount } from "../../lib/format.ts";
import { type ExportQuestion, type ExportState, useExport } from "./use-export.ts";

interface ExportPanelProps {
  readonly gatewayId: string;
  /** What the list asks at this moment. */
  readonly question: () => ExportQuestion;
}

/** Downloads what the list shows, all of it, as NDJSON or CSV. Goes on while the panel is closed. */
export function ExportPanel({ gatewayId, question }: ExportPanelProps) {
  const [format, setFormat] = useState<"ndjson" | "csv">("ndjson");
  const [withBodies, setWithBodies] = useState(false);
  const { state, start, cancel } = useExport(gatewayId);
  const isRunning = state.step === "running";
  return (
    <Popover.Root>
      <Popover.Trigger render={<Button />}>
        <Download size={14} aria-hidden /> {isRunning ? `${formatCount(state.lines)} rows …` : "Export"}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="end" className="z-30">
          <Popover.Popup className="grid w-72 max-w-[calc(100vw-2rem)] gap-3 rounded border border-line bg-raised p-3 shadow-lg">
            <Popover.Title className="font-medium">Export what matches</Popover.Title>
            <SelectField
              label="Format"
              value={format}
              choices={[
                { value: "ndjson", label: "NDJSON, one log a line" },
                { value: "csv", label: "CSV, for spreadsheets" },
              ]}
              onChoose={setFormat}
            />
            <label className="flex items-center gap-2">
              <input type="checkbox" checked={withBodies} onChange={() => setWithBodies(!withBodies)} />
              With request and response bodies
            </label>
            <Progress state={state} />
            {isRunning ? (
              <Button onClick={cancel}>Cancel</Button>
            ) : (
              <Button
                kind="main"
                onClick={() => void start({ ...question(), format, ...(withBodies ? { bodies: "true" } : {}) })}
              >
                Download
              </Button>
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Progress({ state }: { readonly state: ExportState }) {
  if (state.step === "idle") return null;
  if (state.step === "failed") return <Failure error={state.error} />;
  if (state.step === "done") return <p role="status">Done: {formatBytes(state.bytes)} were saved.</p>;
  const total = Number.parseInt(state.total ?? "", 10);
  return (
    <div>
      <progress
        aria-label="Export"
        className="w-full"
        max={Number.isNaN(total) ? undefined : Math.max(total, 1)}
        value={Number.isNaN(total) ? undefined : Math.min(state.lines, total)}
      />
      <p className="text-soft">
        {formatCount(state.lines)} of {state.total ?? "…"} rows, {formatBytes(state.bytes)}
      </p>
    </div>
  );
}

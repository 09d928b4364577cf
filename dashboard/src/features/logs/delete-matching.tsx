import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { Failure } from "../../components/ui/failure.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { formatCount, formatTime } from "../../lib/format.ts";
import { presets } from "../../lib/time-range.ts";
import { filterText } from "./log-filters.ts";
import type { LogsSearch } from "./logs-search.ts";
import { useDeleteMatching } from "./use-delete-matching.ts";

interface DeleteMatchingProps {
  readonly gatewayId: string;
  readonly search: LogsSearch;
  /** Called when the window is closed after something was deleted. */
  readonly onDeleted: () => void;
}

/** Deletes what the list shows, all of it, after the gateway's name was typed. */
export function DeleteMatching({ gatewayId, search, onDeleted }: DeleteMatchingProps) {
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const { state, start, stop, reset } = useDeleteMatching(gatewayId);
  const isRunning = state.step === "running";
  const close = (): void => {
    if (isRunning) return;
    setOpen(false);
    setTyped("");
    if (state.step !== "idle" && state.deleted > 0) onDeleted();
    reset();
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Trash2 size={14} aria-hidden /> Delete
      </Button>
      <Dialog title="Delete what matches" isOpen={isOpen} onClose={close}>
        <form
          className="grid gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            void start(search);
          }}
        >
          <p className="text-soft">
            These logs of the gateway {gatewayId} and their bodies will be gone. What was counted of them stays.
          </p>
          <ul className="list-disc pl-5">
            {conditionsOf(search).map((condition) => (
              <li key={condition}>{condition}</li>
            ))}
          </ul>
          {state.step === "idle" ? (
            <TextField
              label={`Type ${gatewayId} to go on`}
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onText={setTyped}
            />
          ) : (
            <p role="status">
              {formatCount(state.deleted)} deleted
              {isRunning ? " …" : state.step === "done" && state.isWhole ? ": all that matched." : ", then it ended."}
            </p>
          )}
          {isRunning ? <progress aria-label="Deletion" className="w-full" /> : null}
          {state.step === "failed" ? <Failure error={state.error} /> : null}
          <div className="flex justify-end gap-2">
            {isRunning ? <Button onClick={stop}>Stop</Button> : <Button onClick={close}>Close</Button>}
            {state.step === "idle" ? (
              <Button kind="danger" type="submit" disabled={typed !== gatewayId}>
                Delete logs
              </Button>
            ) : null}
          </div>
        </form>
      </Dialog>
    </>
  );
}

function conditionsOf({ range, from, to, search, filters = [] }: LogsSearch): readonly string[] {
  const conditions = [
    ...(range === undefined ? [] : [presets[range].label]),
    ...(from === undefined ? [] : [`From ${formatTime(from)} to ${formatTime(to)}`]),
    ...(search === undefined ? [] : [`Holding the words ${search}`]),
    ...filters.map(filterText),
  ];
  return conditions.length === 0 ? ["Every log there is"] : conditions;
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus, ThumbsDown, ThumbsUp, Trash2 } from "lucide-react";
import { useState } from "react";
import { type Asked, callApi } from "../../api/call-api.ts";
import type { LogDetail } from "../../api/generated/operations.ts";
import { useAccount } from "../../app/account.tsx";
import { useMay } from "../../app/session.tsx";
import { Button } from "../../components/ui/button.tsx";
import { SelectField } from "../../components/ui/select-field.tsx";
import { Failure } from "../../components/ui/failure.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { type MetadataEntry, metadataFault, metadataFrom, metadataRows } from "./metadata-rows.ts";

const patchLog = "PATCH /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs/{log_id}";

interface LogFeedbackProps {
  readonly gatewayId: string;
  readonly log: LogDetail;
}

/** What people say of an answer: a thumb, a score, and the metadata of the log. */
export function LogFeedback({ gatewayId, log }: LogFeedbackProps) {
  const { accountId } = useAccount();
  const queries = useQueryClient();
  const may = useMay();
  const [score, setScore] = useState(String(log.score ?? ""));
  const [entries, setEntries] = useState(() => metadataRows(log.metadata ?? {}));
  const change = useMutation({
    mutationFn: (body: Asked<typeof patchLog>["body"]) =>
      callApi(patchLog, { path: { account_id: accountId, gateway_id: gatewayId, log_id: log.id }, body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["log", accountId, gatewayId, log.id] }),
  });
  const value = score === "" ? null : Number(score);
  const isScoreWrong = value !== null && !(value >= 0 && value <= 100);
  const fault = metadataFault(entries);
  return (
    <fieldset disabled={!may("logs.edit")} className="grid max-w-lg gap-5">
      {may("logs.edit") ? null : <p className="text-soft">You may look at these, not change them.</p>}
      <div role="group" aria-label="Feedback" className="flex gap-2">
        <Thumb feedback={1} now={log.feedback} onChange={(feedback) => change.mutate({ feedback })} />
        <Thumb feedback={-1} now={log.feedback} onChange={(feedback) => change.mutate({ feedback })} />
      </div>
      <form
        className="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ score: value });
        }}
      >
        <TextField
          label="Score, 0 to 100"
          type="number"
          min={0}
          max={100}
          step="any"
          value={score}
          onText={setScore}
          fault={isScoreWrong ? "This has to be from 0 to 100" : undefined}
        />
        <Button type="submit" disabled={isScoreWrong || value === log.score}>
          Keep score
        </Button>
      </form>
      <form
        className="grid gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ metadata: metadataFrom(entries) });
        }}
      >
        <h3 className="font-medium">Metadata</h3>
        {entries.map((entry, index) => (
          <MetadataRow
            // oxlint-disable-next-line react/no-array-index-key -- names may change while they are typed
            key={index}
            entry={entry}
            onEntry={(changed) => setEntries(entries.with(index, changed))}
            onRemove={() => setEntries(entries.toSpliced(index, 1))}
          />
        ))}
        {fault === null ? null : <p className="text-xs text-bad">{fault}</p>}
        <div className="flex gap-2">
          <Button
            disabled={entries.length >= 5}
            onClick={() => setEntries([...entries, { name: "", kind: "text", value: "" }])}
          >
            <Plus size={14} aria-hidden /> Entry
          </Button>
          <Button type="submit" kind="main" disabled={fault !== null || change.isPending}>
            Keep metadata
          </Button>
        </div>
      </form>
      <p role="status" className="text-soft">
        {change.isPending ? "Keeping …" : change.isSuccess ? "Kept." : ""}
      </p>
      {change.isError ? <Failure error={change.error} /> : null}
    </fieldset>
  );
}

interface ThumbProps {
  readonly feedback: 1 | -1;
  readonly now: number | null;
  readonly onChange: (feedback: 1 | -1 | null) => void;
}

function Thumb({ feedback, now, onChange }: ThumbProps) {
  const isSet = now === feedback;
  const Icon = feedback === 1 ? ThumbsUp : ThumbsDown;
  return (
    <Button
      aria-pressed={isSet}
      className={isSet ? (feedback === 1 ? "!border-good !text-good" : "!border-bad !text-bad") : ""}
      onClick={() => onChange(isSet ? null : feedback)}
    >
      <Icon size={14} aria-hidden /> {feedback === 1 ? "Good" : "Bad"}
    </Button>
  );
}

interface MetadataRowProps {
  readonly entry: MetadataEntry;
  readonly onEntry: (entry: MetadataEntry) => void;
  readonly onRemove: () => void;
}

function MetadataRow({ entry, onEntry, onRemove }: MetadataRowProps) {
  return (
    <div className="grid grid-cols-[1fr_6.5rem_1fr_auto] items-end gap-2">
      <TextField label="Name" value={entry.name} onText={(name) => onEntry({ ...entry, name })} />
      <SelectField
        label="Kind"
        value={entry.kind}
        choices={[
          { value: "text", label: "text" },
          { value: "number", label: "number" },
          { value: "boolean", label: "yes or no" },
        ]}
        onChoose={(kind) => onEntry({ ...entry, kind, value: kind === "boolean" ? "true" : entry.value })}
      />
      {entry.kind === "boolean" ? (
        <SelectField
          label="Value"
          value={entry.value === "false" ? "false" : "true"}
          choices={[
            { value: "true", label: "yes" },
            { value: "false", label: "no" },
          ]}
          onChoose={(value) => onEntry({ ...entry, value })}
        />
      ) : (
        <TextField label="Value" value={entry.value} onText={(value) => onEntry({ ...entry, value })} />
      )}
      <Button aria-label={`Remove ${entry.name || "entry"}`} onClick={onRemove}>
        <Trash2 size={14} aria-hidden />
      </Button>
    </div>
  );
}

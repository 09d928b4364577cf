import { useState } from "react";
import { formatTime } from "../../lib/format.ts";
import { type PresetName, presets, rangeAt, type RangeSearch } from "../../lib/time-range.ts";
import { Button } from "./button.tsx";
import { SelectField } from "./select-field.tsx";
import { TextField } from "./text-field.tsx";

interface RangeChoiceProps {
  readonly value: RangeSearch;
  readonly onRange: (range: RangeSearch) => void;
  /** Whether all time may be chosen. Default false. */
  readonly withAll?: boolean;
}

/** A range of time: one that ends now, or two moments. */
export function RangeChoice({ value, onRange, withAll = false }: RangeChoiceProps) {
  const [isOpen, setOpen] = useState(false);
  const isCustom = value.from !== undefined && value.to !== undefined;
  const chosen = isCustom ? "custom" : (value.range ?? "all");
  const options = [
    ...(withAll ? [{ value: "all", label: "All time" }] : []),
    ...Object.entries(presets).map(([name, { label }]) => ({ value: name, label })),
    {
      value: "custom",
      label: isCustom ? `${formatTime(value.from)} – ${formatTime(value.to)}` : "Between two moments …",
    },
  ];
  const choose = (name: string): void => {
    setOpen(name === "custom");
    if (name === "all") onRange({});
    else if (name !== "custom") onRange({ range: name as PresetName });
  };
  return (
    <div className="relative flex gap-2">
      <SelectField
        label="Range of time"
        isLabelHidden
        value={isOpen ? "custom" : chosen}
        choices={options}
        onChoose={choose}
      />
      {isCustom && !isOpen ? <Button onClick={() => setOpen(true)}>Change</Button> : null}
      {isOpen ? (
        <Moments
          value={value}
          onCancel={() => setOpen(false)}
          onRange={(range) => {
            setOpen(false);
            onRange(range);
          }}
        />
      ) : null}
    </div>
  );
}

function Moments({ value, onRange, onCancel }: Omit<RangeChoiceProps, "withAll"> & { readonly onCancel: () => void }) {
  const [now] = useState(() => Date.now());
  const start = rangeAt(value, now) ?? { fromMs: now - 86_400_000, toMs: now };
  const [from, setFrom] = useState(() => localText(start.fromMs));
  const [to, setTo] = useState(() => localText(start.toMs));
  const fromMs = Date.parse(from);
  const toMs = Date.parse(to);
  const isWrong = !(fromMs < toMs);
  return (
    <form
      aria-label="Between two moments"
      className="absolute top-10 left-0 z-20 grid w-64 gap-3 rounded border border-line bg-raised p-3 shadow-lg"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong) onRange({ from: fromMs, to: toMs });
      }}
    >
      <TextField label="From" type="datetime-local" step={1} value={from} onText={setFrom} />
      <TextField
        label="To"
        type="datetime-local"
        step={1}
        value={to}
        onText={setTo}
        fault={isWrong ? "This has to be later than the beginning" : undefined}
      />
      <div className="flex gap-2">
        <Button kind="main" type="submit" disabled={isWrong}>
          Show
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}

/** A moment as the browser's control takes it: local time without a zone. */
function localText(ms: number): string {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

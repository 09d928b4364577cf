import { Switch } from "@base-ui/react/switch";
import { useId } from "react";

interface SwitchFieldProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onSwitch: (isOn: boolean) => void;
  readonly hint?: string | undefined;
  readonly fault?: string | undefined;
  readonly disabled?: boolean;
}

/** A labelled switch for what is on or off. */
export function SwitchField({ label, isOn, onSwitch, hint, fault, disabled = false }: SwitchFieldProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-3">
      <Switch.Root
        checked={isOn}
        disabled={disabled}
        onCheckedChange={onSwitch}
        aria-labelledby={`${id}-label`}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className="mt-0.5 flex h-5 w-9 shrink-0 rounded-full border border-soft bg-hover p-0.5 data-checked:border-accent data-checked:bg-accent data-disabled:opacity-60"
      >
        <Switch.Thumb className="size-3.5 rounded-full bg-soft transition-transform data-checked:translate-x-4 data-checked:bg-accent-ink" />
      </Switch.Root>
      <div className="min-w-0">
        <p id={`${id}-label`} className="text-sm font-medium">
          {label}
        </p>
        {hint === undefined ? null : (
          <p id={`${id}-hint`} className="text-xs text-soft">
            {hint}
          </p>
        )}
        {fault === undefined ? null : <p className="text-xs text-bad">{fault}</p>}
      </div>
    </div>
  );
}

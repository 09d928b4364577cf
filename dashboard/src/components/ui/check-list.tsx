interface CheckListProps {
  readonly label: string;
  readonly hint?: string;
  readonly choices: readonly { readonly value: string; readonly label: string; readonly hint?: string }[];
  readonly chosen: readonly string[];
  readonly onChosen: (chosen: readonly string[]) => void;
  readonly fault?: string | undefined;
}

/** Any number of a list. */
export function CheckList({ label, hint, choices, chosen, onChosen, fault }: CheckListProps) {
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium">{label}</legend>
      {hint === undefined ? null : <p className="mb-1 text-xs text-soft">{hint}</p>}
      <div className="max-h-52 space-y-1.5 overflow-y-auto rounded border border-line bg-panel p-2.5">
        {choices.map((choice) => (
          <label key={choice.value} className="flex items-start gap-2">
            <input
              type="checkbox"
              className="mt-1 accent-accent"
              checked={chosen.includes(choice.value)}
              onChange={(event) =>
                onChosen(
                  event.currentTarget.checked
                    ? [...chosen, choice.value]
                    : chosen.filter((value) => value !== choice.value),
                )
              }
            />
            <span className="min-w-0">
              <span className="block break-words">{choice.label}</span>
              {choice.hint === undefined ? null : <span className="block text-xs text-soft">{choice.hint}</span>}
            </span>
          </label>
        ))}
      </div>
      {fault === undefined ? null : <p className="mt-1 text-xs text-bad">{fault}</p>}
    </fieldset>
  );
}

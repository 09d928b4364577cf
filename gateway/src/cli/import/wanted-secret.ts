import type { ImportDraft } from "./import-draft.ts";
import type { SourceValue } from "./import-source.ts";

const VARIABLE = /^(?!HEADGATE_)[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The variable that is to hold a secret of the source, noted as wanted. The secret itself goes nowhere.
 * @param suggestion what to call it, in any form.
 * @param isNew whether another secret that was noted under the name is a different one, so that this one takes a further name.
 */
export function wantSecret(
  draft: ImportDraft,
  source: SourceValue,
  { suggestion, purpose, isNew }: { suggestion: string; purpose: string; isNew: boolean },
): string {
  const plain = variableName(suggestion);
  const taken = new Set(draft.secrets.map(({ name }) => name));
  let name = plain;
  if (isNew) for (let count = 2; taken.has(name); count += 1) name = `${plain}_${count}`;
  if (!taken.has(name)) draft.secrets.push({ name, purpose, path: source.path });
  return name;
}

/** The variable that `os.environ/NAME` or a bare `NAME` means, noted as wanted; null when the gateway could not read one of that name. */
export function wantVariable(
  draft: ImportDraft,
  source: SourceValue,
  { name, purpose }: { name: string; purpose: string },
): string | null {
  if (!VARIABLE.test(name)) return null;
  if (!draft.secrets.some((wanted) => wanted.name === name)) draft.secrets.push({ name, purpose, path: source.path });
  return name;
}

/** A variable's name after any text; never one of the gateway's own. */
export function variableName(text: string): string {
  const plain = text.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_");
  return plain.replace(/^HEADGATE_/, "KEY_").replace(/^(?=\d|_?$)/, "KEY_");
}

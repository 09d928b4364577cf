/** Text that is HTML already. */
export interface Html {
  readonly text: string;
}

/** HTML with every value escaped that is not HTML itself; for element content and quoted attributes. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | Html)[]): Html {
  const shown = values.map((value) => (typeof value === "string" ? escaped(value) : value.text));
  return { text: parts.map((part, index) => part + (shown[index] ?? "")).join("") };
}

/** One after the other. */
export function joined(pieces: readonly Html[]): Html {
  return { text: pieces.map(({ text }) => text).join("") };
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Longer names are nobody's model and are not looked up. */
const MOST_CHARACTERS = 200;

const compactDate = /-(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=$|[-:@])/;
const closingDate = /-20\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])$/;

/**
 * The names a price may be listed under for a model as somebody wrote it, most exact first: as written, then without what stands around the model's own name
 * (path or publisher before it, region before it, version or variant after it), at last without its date. Lower case.
 * `:free` is never taken off: the paid model's price is not its price. Empty for names nothing can be called.
 */
export function modelSpellings(model: string): readonly string[] {
  const name = model.trim().toLowerCase();
  if (name === "" || name.length > MOST_CHARACTERS) return [];
  const spellings = new Set<string>();
  const inner = name.slice(name.lastIndexOf("/") + 1);
  const afterFirst = name.slice(name.indexOf("/") + 1);
  for (const part of [name, afterFirst, inner]) {
    spellings.add(part);
    spellings.add(part.replace(compactDate, "-$1-$2-$3"));
  }
  for (const part of [name, afterFirst, inner]) {
    if (part.endsWith(":free")) continue;
    const bare = part.replace(/@[\w.-]*$/, "").replace(/:[\w.-]*$/, "");
    const regionless = bare.replace(/^(?:us|eu|apac|global|jp|au|ca|us-gov)\./, "");
    const versionless = regionless.replace(/-latest$/, "");
    for (const spelling of [bare, regionless, versionless, versionless.replace(closingDate, "")])
      if (spelling !== "") spellings.add(spelling);
  }
  return [...spellings];
}

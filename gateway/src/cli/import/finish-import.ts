import { stringify } from "yaml";
import { parseConfig } from "../../config/load-config.ts";
import { catalogue } from "../../providers/catalogue.ts";
import { compileProviders } from "../../providers/registry.ts";
import type { Finding, ImportDraft, Outcome, UniversalExample, WantedSecret } from "./import-draft.ts";
import {
  type ImportSource,
  leafPaths,
  membersOf,
  itemsOf,
  type SourcePath,
  type SourceValue,
} from "./import-source.ts";

/** What an import comes to. */
export interface ImportResult {
  /** What was imported; configs that stood in it as texts are unfolded. */
  readonly source: ImportSource;
  /** Text of headgate.yaml, which this version loads. */
  readonly yaml: string;
  /** In the order of the source; every value of the source stands at or below the path of one of them. */
  readonly findings: readonly Finding[];
  readonly secrets: readonly WantedSecret[];
  readonly examples: readonly UniversalExample[];
}

/**
 * Tells of what nobody has told yet, and makes the text of headgate.yaml.
 * @throws ConfigError when this version does not load what came out.
 */
export function finishImport(draft: ImportDraft, source: ImportSource): ImportResult {
  const told = new Set(draft.findings.map(({ path }) => JSON.stringify(path)));
  const untold = untoldBelow(source.root, told).map((path): Finding => ({
    path,
    outcome: "not mapped",
    text: "this import does not know it",
    target: null,
  }));
  const order = new Map(leafPaths(source.root).map((path, index) => [JSON.stringify(path), index]));
  const firstLeaf = firstLeaves(order);
  const unique = new Map([...draft.findings, ...untold].map((finding) => [JSON.stringify(finding), finding]));
  const findings = [...unique.values()].sort(
    (left, right) => (firstLeaf.get(JSON.stringify(left.path)) ?? 0) - (firstLeaf.get(JSON.stringify(right.path)) ?? 0),
  );
  const yaml = `${heading(source.name, findings)}${Object.keys(draft.file).length === 0 ? "" : stringify(draft.file, { lineWidth: 0 })}`;
  const providerSlugs = catalogue.flatMap(({ slug, aliases = [] }) => [slug, aliases].flat());
  const { config } = parseConfig(yaml, {}, { providerSlugs, fileName: "the imported headgate.yaml" });
  compileProviders(config.providers);
  return { source, yaml, findings, secrets: draft.secrets, examples: draft.examples };
}

/** How many findings of each kind there are. */
export function countOutcomes(findings: readonly Finding[]): Readonly<Record<Outcome, number>> {
  const counts = { mapped: 0, "by hand": 0, "not mapped": 0, "nothing to do": 0 };
  for (const { outcome } of findings) counts[outcome] += 1;
  return counts;
}

function heading(name: string, findings: readonly Finding[]): string {
  const { mapped, "by hand": byHand, "not mapped": notMapped } = countOutcomes(findings);
  // A file's name may hold a line end, which would end the comment.
  const shown = name.replaceAll(/[^\x20-\x7e]/g, "?");
  return `# Imported from ${shown}: ${mapped} mapped, ${byHand} to do by hand, ${notMapped} not mapped.\n`;
}

/** The highest places of which, and below which, nothing was told. */
function untoldBelow(source: SourceValue, told: ReadonlySet<string>): readonly SourcePath[] {
  if (told.has(JSON.stringify(source.path))) return [];
  const below = [...itemsOf(source), ...membersOf(source).map(([, member]) => member)];
  const parts = below.map((part) => untoldBelow(part, told));
  const isWhollyUntold = below.every((part, index) => parts[index]?.length === 1 && parts[index]?.[0] === part.path);
  return isWhollyUntold ? [source.path] : parts.flat();
}

/** For each path, the place of its first leaf in the source. */
function firstLeaves(order: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const [key, index] of order) {
    const path = JSON.parse(key) as SourcePath;
    for (let length = 0; length <= path.length; length += 1) {
      const above = JSON.stringify(path.slice(0, length));
      if (!first.has(above)) first.set(above, index);
    }
  }
  return first;
}

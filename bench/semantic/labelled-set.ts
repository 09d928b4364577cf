import { join } from "node:path";
import { seeded } from "./seeded.ts";
import { workedTemplates, heldOutTemplates, type Template } from "./templates.ts";

/** A question that was answered, other words for it, and questions that sound like it and want another answer. */
export interface Family {
  readonly anchor: string;
  readonly same: readonly string[];
  readonly other: readonly string[];
}

/** Families by which the guards were written, and those that were written before and never looked at while the guards changed. */
export interface LabelledSet {
  readonly worked: readonly Family[];
  readonly heldOut: readonly Family[];
}

/** Families that each template gives. */
const FAMILIES_OF_TEMPLATE = 20;

/** Makes the labelled set: families written by hand and families made of templates with `seed`. */
export async function labelledSet(seed: number): Promise<LabelledSet> {
  return {
    worked: [...(await readFamilies("families-worked.txt")), ...fromTemplates(workedTemplates, seed)],
    heldOut: [...(await readFamilies("families-held-out.txt")), ...fromTemplates(heldOutTemplates, seed + 1)],
  };
}

/** A family is a block of lines: the question, `= ` other words for it, `! ` another question. */
async function readFamilies(name: string): Promise<Family[]> {
  const text = await Bun.file(join(import.meta.dir, name)).text();
  return text
    .trim()
    .split(/\n{2,}/)
    .map((block) => {
      const [anchor = "", ...lines] = block.split("\n");
      const of = (mark: string): string[] => lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(2));
      return { anchor, same: of("= "), other: of("! ") };
    });
}

function fromTemplates(templates: readonly Template[], seed: number): Family[] {
  const random = seeded(seed);
  const families = templates.flatMap((template) => {
    return Array.from({ length: FAMILIES_OF_TEMPLATE }, () => template(random));
  });
  // Templates draw from few words: one that came before says nothing new.
  const seen = new Set<string>();
  return families.filter(({ anchor }) => !seen.has(anchor) && seen.add(anchor));
}

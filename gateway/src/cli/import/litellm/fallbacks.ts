import { byHand, type ImportDraft, nothingToDo } from "../import-draft.ts";
import { itemsOf, memberOf, membersOf, type SourceValue, textOf } from "../import-source.ts";
import { compatStep } from "../compat-step.ts";
import type { Deployment } from "./deployment.ts";

/** Examples shown at most; the rest is made after their pattern. */
const MOST_EXAMPLES = 10;

/** Fallbacks between names, and names with several deployments: each becomes a universal request to be sent by clients. */
export function importFallbacks(draft: ImportDraft, root: SourceValue, deployments: readonly Deployment[]): void {
  const groups = Map.groupBy(deployments, ({ group }) => group);
  for (const [group, members] of groups) {
    if (new Set(members.map(({ provider, model }) => `${provider}/${model}`)).size < 2) continue;
    addExample(draft, `In place of the deployments of ${JSON.stringify(group)}`, members);
  }
  for (const section of ["router_settings", "litellm_settings"]) {
    const settings = memberOf(root, section);
    const fallbacks = settings === null ? null : memberOf(settings, "fallbacks");
    for (const rule of fallbacks === null ? [] : itemsOf(fallbacks)) tellOfRule(draft, rule, groups);
    const defaults = settings === null ? null : memberOf(settings, "default_fallbacks");
    if (defaults === null) continue;
    const steps = itemsOf(defaults).flatMap((name) => groups.get(textOf(name) ?? "") ?? []);
    if (Array.isArray(defaults.value) && defaults.value.length === 0) nothingToDo(draft, defaults, "empty there");
    else byHand(draft, defaults, "clients add these steps to a universal request");
    if (steps.length > 0) addExample(draft, "In place of default_fallbacks, after the request's own step", steps);
  }
}

function tellOfRule(draft: ImportDraft, rule: SourceValue, groups: ReadonlyMap<string, readonly Deployment[]>): void {
  for (const [group, targets] of membersOf(rule)) {
    const names = [group, ...itemsOf(targets).map((name) => textOf(name) ?? "")];
    const steps = names.flatMap((name) => groups.get(name) ?? []);
    byHand(draft, targets, "clients send a universal request with these steps");
    if (steps.length > 1) addExample(draft, `In place of the fallbacks of ${JSON.stringify(group)}`, steps);
  }
}

function addExample(draft: ImportDraft, title: string, deployments: readonly Deployment[]): void {
  if (draft.examples.length >= MOST_EXAMPLES || draft.examples.some((example) => example.title === title)) return;
  draft.examples.push({ title, steps: deployments.map(({ provider, model }) => compatStep({ provider, model })) });
}

import { type ImportDraft, nothingToDo } from "../import-draft.ts";
import { itemsOf, memberOf, membersOf, type SourceValue, textOf } from "../import-source.ts";

/** A resource of a terraform file and what is set in it. */
export interface TerraformResource {
  readonly type: string;
  readonly object: SourceValue;
}

/**
 * The resources of terraform's JSON: configuration (`resource.TYPE.NAME`), state (`resources[].instances[].attributes`) or what
 * `terraform show -json` prints (`values.root_module`, modules included). Null when the file is none of these.
 */
export function terraformResources(draft: ImportDraft, root: SourceValue): readonly TerraformResource[] | null {
  const configured = memberOf(root, "resource");
  if (configured !== null) {
    tellOfTheRest(draft, root, "resource");
    return configuredResources(configured);
  }
  const state = memberOf(root, "resources");
  if (state !== null && memberOf(root, "terraform_version") !== null) {
    tellOfTheRest(draft, root, "resources");
    return itemsOf(state).flatMap((resource) => stateInstances(draft, resource));
  }
  for (const key of ["values", "planned_values"]) {
    const module = inner(root, key, "root_module");
    if (module === null) continue;
    tellOfTheRest(draft, root, key);
    return moduleResources(draft, module);
  }
  return null;
}

function configuredResources(configured: SourceValue): readonly TerraformResource[] {
  return membersOf(configured).flatMap(([type, named]) =>
    membersOf(named).flatMap(([, body]) =>
      (Array.isArray(body.value) ? itemsOf(body) : [body]).map((object) => ({ type, object })),
    ),
  );
}

function stateInstances(draft: ImportDraft, resource: SourceValue): readonly TerraformResource[] {
  const instances = memberOf(resource, "instances");
  const type = textOf(memberOf(resource, "type")) ?? "";
  if (instances === null) return [];
  tellOfTheRest(draft, resource, "instances");
  return itemsOf(instances).flatMap((instance) => {
    const object = memberOf(instance, "attributes");
    if (object === null) return [];
    tellOfTheRest(draft, instance, "attributes");
    return [{ type, object }];
  });
}

function moduleResources(draft: ImportDraft, module: SourceValue): readonly TerraformResource[] {
  const own = itemsOf(memberOf(module, "resources") ?? module).flatMap((resource) => {
    const object = memberOf(resource, "values");
    if (object === null) return [];
    tellOfTheRest(draft, resource, "values");
    return [{ type: textOf(memberOf(resource, "type")) ?? "", object }];
  });
  const children = memberOf(module, "child_modules");
  return [...own, ...(children === null ? [] : itemsOf(children).flatMap((child) => moduleResources(draft, child)))];
}

function inner(parent: SourceValue, ...keys: readonly string[]): SourceValue | null {
  return keys.reduce<SourceValue | null>((value, key) => (value === null ? null : memberOf(value, key)), parent);
}

function tellOfTheRest(draft: ImportDraft, parent: SourceValue, but: string): void {
  for (const [key, member] of membersOf(parent)) {
    if (key !== but) nothingToDo(draft, member, "terraform's own bookkeeping");
  }
}

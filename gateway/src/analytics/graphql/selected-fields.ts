import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from "graphql";

/** Names of the fields selected below a field, and of those below them; aliases are resolved, fragments opened. */
export type SelectedFields = ReadonlyMap<string, ReadonlySet<string>>;

/** What a resolver is asked for, two levels deep. */
export function selectedFields(info: Pick<GraphQLResolveInfo, "fieldNodes" | "fragments">): SelectedFields {
  const fields = new Map<string, Set<string>>();
  for (const field of fieldsBelow(info.fieldNodes, info)) {
    const names = fields.get(field.name.value) ?? new Set();
    fields.set(field.name.value, names);
    for (const inner of fieldsBelow([field], info)) names.add(inner.name.value);
  }
  return fields;
}

function fieldsBelow(nodes: readonly FieldNode[], { fragments }: Pick<GraphQLResolveInfo, "fragments">): FieldNode[] {
  const open = (set: SelectionSetNode | undefined): FieldNode[] =>
    (set?.selections ?? []).flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return selection.name.value.startsWith("__") ? [] : [selection];
      if (selection.kind === Kind.INLINE_FRAGMENT) return open(selection.selectionSet);
      const fragment = fragments[selection.name.value];
      return open(fragment?.selectionSet);
    });
  return nodes.flatMap((node) => open(node.selectionSet));
}

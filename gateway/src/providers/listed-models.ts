import type { CompiledProvider } from "./registry.ts";

/** A model as the compat address lists it. */
export interface ListedModel {
  /** As price lists name it; null when none of them does. */
  readonly priced: string | null;
  /** Under which it is asked for, prefix included. */
  readonly name: string;
}

/**
 * The models of a provider that can be asked for at the compat address.
 * @param ids as price lists name them. A provider of one's own of which none are known is shown as `{slug}/*`: any model of it may be asked.
 * @returns empty for providers that have no endpoints of this form.
 */
export function listedModels(compiled: CompiledProvider, ids: readonly string[]): readonly ListedModel[] {
  const { slug, provider, dialectFor } = compiled;
  const rule = provider.compat;
  if (rule === undefined) return [];
  const isReplaced = dialectFor !== provider.dialectFor;
  if (isReplaced && dialectFor("v1/chat/completions") !== "openai-chat") return [];
  if (slug.startsWith("custom-") && ids.length === 0) return [{ priced: null, name: `${slug}/*` }];
  return ids.flatMap((id) => {
    const name = rule.listedName === undefined ? id : rule.listedName(id);
    return name === null ? [] : [{ priced: id, name: `${slug}/${name}` }];
  });
}

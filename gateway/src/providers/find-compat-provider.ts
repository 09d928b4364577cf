import { GatewayError } from "../core/errors.ts";
import type { CompiledProvider, ProviderRegistry } from "./registry.ts";

/** A provider, and the model it is asked for under its own name. */
export interface CompatModel {
  readonly compiled: CompiledProvider;
  readonly model: string;
}

/** Prefixes of names that are not a provider's (reference §1.7, §8, §1.13). */
const ROUTES: Readonly<Record<string, string>> = {
  dynamic: "dynamic routes are not part of this version",
  cloudflare: "choosing a model automatically is not part of this version",
};
const MOST_SHOWN = 64;

/**
 * Finds the provider in a model's name, `{provider}/{model}` with the provider's slug or one of its aliases in front.
 * @param takesBareModels whether names without a prefix may mean a provider, as on the REST address (reference §1.8).
 * @throws GatewayError compatRefused (2019) for a name without a prefix and for names of routes, invalidProvider (2008) for an unknown
 *   prefix.
 */
export function findCompatProvider(registry: ProviderRegistry, name: string, takesBareModels: boolean): CompatModel {
  if (takesBareModels) {
    const owner = findBareModelOwner(registry, name);
    if (owner !== null) return { compiled: owner, model: name };
  }
  const shown = JSON.stringify(name.slice(0, MOST_SHOWN));
  const slash = name.indexOf("/");
  if (slash <= 0 || slash === name.length - 1) {
    throw new GatewayError("compatRefused", {
      path: "model",
      cause: "model_without_provider",
      explanation: `the model ${shown} names no provider, expected {provider}/{model} such as openai/gpt-4o`,
    });
  }
  const prefix = name.slice(0, slash);
  const compiled = registry.get(prefix);
  if (compiled !== undefined) return { compiled, model: name.slice(slash + 1) };
  if (Object.hasOwn(ROUTES, prefix)) {
    throw new GatewayError("compatRefused", {
      path: "model",
      cause: "route_not_supported",
      message: `Compatibility endpoint: ${name.slice(0, MOST_SHOWN)} is not supported`,
      explanation: `${ROUTES[prefix]}; name a provider and its model, such as openai/gpt-4o`,
    });
  }
  throw new GatewayError("invalidProvider", {
    path: "model",
    cause: `there is no provider "${prefix.slice(0, MOST_SHOWN)}"`,
    explanation: `the model ${shown} begins with no provider's name; a model is named {provider}/{model}, such as openai/gpt-4o`,
  });
}

/** The provider that models of such a name belong to without any prefix (`@cf/…`, reference §1.8); null for names that need one. */
export function findBareModelOwner(registry: ProviderRegistry, name: string): CompiledProvider | null {
  for (const compiled of registry.values())
    if (compiled.provider.compat?.bareModels?.test(name) === true) return compiled;
  return null;
}

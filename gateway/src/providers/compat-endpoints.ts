import type { DialectId } from "../dialects/dialect.ts";
import type { CompatEndpoint } from "./provider.ts";

/** What is known of an endpoint of the compat address before any provider is. */
export interface CompatEndpointForm {
  readonly dialect: DialectId;
  /** Member of the body, besides `model`, without which the body is of another form, and what it must be. */
  readonly required: { readonly name: string; readonly expected: string; fits(value: unknown): boolean };
}

/** Endpoints of the compat address that are answered by a provider (reference §1.7). */
export const compatEndpoints: Readonly<Record<CompatEndpoint, CompatEndpointForm>> = {
  "chat/completions": {
    dialect: "openai-chat",
    required: { name: "messages", expected: "an array of messages", fits: (value) => Array.isArray(value) },
  },
  embeddings: {
    dialect: "openai-embeddings",
    required: {
      name: "input",
      expected: "a text, or an array of texts or tokens",
      fits: (value) => typeof value === "string" || Array.isArray(value),
    },
  },
};

/** A path below the compat address without the version that is tolerated before it. */
export function compatPath(rest: string): string {
  return rest.replace(/^\/?(?:v1(?:\/|$))?/, "");
}

/** The endpoint that a path names; null for any other path. */
export function compatEndpointOf(path: string): CompatEndpoint | null {
  return Object.hasOwn(compatEndpoints, path) ? (path as CompatEndpoint) : null;
}

/** Protocol in which clients of the compat address read answers and errors, by path below it. */
export function compatDialect(rest: string): DialectId {
  const endpoint = compatEndpointOf(compatPath(rest));
  return compatEndpoints[endpoint ?? "chat/completions"].dialect;
}

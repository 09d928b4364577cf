import type { DialectId } from "../dialects/dialect.ts";
import type { CompatEndpoint } from "./provider.ts";

/** What is known of an endpoint of the compat address before any provider is. */
export interface CompatEndpointForm {
  readonly dialect: DialectId;
  /** Whether the REST address alone has it (reference §1.8). */
  readonly isRestOnly: boolean;
  /** Member of the body, besides `model`, without which the body is of another form, and what it must be; null for none. */
  readonly required: { readonly name: string; readonly expected: string; fits(value: unknown): boolean } | null;
}

const messages = { name: "messages", expected: "an array of messages", fits: Array.isArray } as const;

/** Endpoints of the compat and the REST address that are answered by a provider (reference §1.7, §1.8). */
export const compatEndpoints: Readonly<Record<CompatEndpoint, CompatEndpointForm>> = {
  "chat/completions": {
    dialect: "openai-chat",
    isRestOnly: false,
    required: messages,
  },
  embeddings: {
    dialect: "openai-embeddings",
    isRestOnly: false,
    required: {
      name: "input",
      expected: "a text, or an array of texts or tokens",
      fits: (value) => typeof value === "string" || Array.isArray(value),
    },
  },
  responses: { dialect: "openai-responses", isRestOnly: true, required: null },
  messages: { dialect: "anthropic-messages", isRestOnly: true, required: messages },
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

import { errorCatalogue } from "../core/errors.ts";

const { bodyTooLarge, internal, invalidRequest, routeNotFound } = errorCatalogue;

/** What the management API refuses with; codes and statuses of reference §14.0, the rest from the error catalogue. */
export const managementErrors = {
  /** A value is not what was asked for; carries a `path` such as `["query", "per_page"]`. */
  invalid: invalidRequest,
  /** There is nothing of that id. */
  notFound: { code: 7002, status: 404, message: "Not Found" },
  /** No such path. */
  unroutable: routeNotFound,
  /** The path is there, the method is not. */
  methodNotAllowed: { code: 7001, status: 405, message: "Method not available for that URI" },
  /** A base URL that may not be used (reference §14.0). */
  badBaseUrl: { code: 1002, status: 400, message: "base_url must be https" },
  /** Another custom provider has this slug. */
  slugTaken: { code: 1003, status: 409, message: "A custom provider with this slug already exists" },
  /** There is no custom provider of that id. */
  noCustomProvider: { code: 1004, status: 404, message: "Custom provider not found" },
  /** Something of that id is there already. */
  conflict: { code: 7001, status: 409, message: "Already exists" },
  bodyTooLarge,
  /** No token, or none that is known (reference §9.2). */
  unauthenticated: { code: 10_000, status: 401, message: "Authentication error" },
  /** A known token that may not do this. */
  forbidden: { code: 10_000, status: 403, message: "Authentication error" },
  /** Too many wrong passwords; carries `retry-after`. */
  throttled: { code: 9101, status: 429, message: "Too many attempts" },
  /** The store cannot be asked now; the SDK tries again by itself. */
  unavailable: { code: 7000, status: 503, message: "The store is not available" },
  internal,
} as const satisfies Record<string, { readonly code: number; readonly status: number; readonly message: string }>;

/** Name of a row above. */
export type ManagementErrorName = keyof typeof managementErrors;

/** Where a fault lies, from the outside in: `["query", "filters", 0, "operator"]`. */
export type FaultPath = readonly (string | number)[];

/** One fault of a refused request. */
export interface Fault {
  /** What was expected, and what came. */
  readonly message: string;
  readonly path?: FaultPath;
}

/** The one error that routes throw on purpose; the router turns it into an envelope. Anything else becomes 500 and tells nothing. */
export class ManagementError extends Error {
  readonly definition: (typeof managementErrors)[ManagementErrorName];
  /** At least one. */
  readonly faults: readonly Fault[];
  /** Extra fields of the answer, e.g. `allow`. */
  readonly headers: Readonly<Record<string, string>>;

  /** @param name row of the table. @param faults default: the row's message, nowhere in particular. @param headers extra fields of the answer. */
  constructor(
    name: ManagementErrorName,
    faults: readonly Fault[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    const definition = managementErrors[name];
    const [first = { message: definition.message }, ...rest] = faults;
    super(first.message);
    this.name = "ManagementError";
    this.definition = definition;
    this.faults = [first, ...rest];
    this.headers = headers;
  }
}

/** A value that is not what was asked for: 400, code 7001. */
export function invalid(message: string, path: FaultPath): ManagementError {
  return new ManagementError("invalid", [{ message, path }]);
}

/** One row of the error catalogue. */
export interface ErrorDefinition {
  /** Numeric code of the wire (reference §15); codes from 9000 are Headgate's own. */
  readonly code: number;
  readonly status: number;
  /** The text clients match; a thrown error may carry a longer one. */
  readonly message: string;
  /** Who has to act. */
  readonly fault: "client" | "provider" | "gateway";
  /** Whether sending the same request again may succeed. */
  readonly retryable: boolean;
}

/** Every error the gateway produces itself. Provider errors are never wrapped. `docs/reference/errors.md` is tested against this table. */
export const errorCatalogue = {
  gatewayNotFound: {
    code: 2001,
    status: 400,
    message: "Please configure AI Gateway in the Cloudflare dashboard",
    fault: "client",
    retryable: false,
  },
  rateLimited: { code: 2003, status: 429, message: "Rate limited", fault: "client", retryable: true },
  upstreamFailed: {
    code: 2005,
    status: 400,
    message: "Failed to get response from provider",
    fault: "provider",
    retryable: true,
  },
  upstreamTimeout: {
    code: 2005,
    status: 504,
    message: "Failed to get response from provider",
    fault: "provider",
    retryable: true,
  },
  invalidProvider: { code: 2008, status: 400, message: "Invalid provider", fault: "client", retryable: false },
  unauthorized: { code: 2009, status: 401, message: "Unauthorized", fault: "client", retryable: false },
  compatRefused: {
    code: 2019,
    status: 400,
    message: "Chat completion bad format",
    fault: "client",
    retryable: false,
  },
  unknownStoredKey: {
    code: 2040,
    status: 400,
    message: "Provider has no BYOK credential of that name",
    fault: "client",
    retryable: false,
  },
  spendLimited: { code: 2041, status: 429, message: "Spend limit exceeded", fault: "client", retryable: true },
  spendLimitedOnRun: { code: 2045, status: 429, message: "Spend limit exceeded", fault: "client", retryable: true },
  bodyTooLarge: { code: 3006, status: 413, message: "Request body too large", fault: "client", retryable: false },
  internal: { code: 7000, status: 500, message: "Internal error", fault: "gateway", retryable: true },
  invalidRequest: { code: 7001, status: 400, message: "Invalid request", fault: "client", retryable: false },
  routeNotFound: {
    code: 7003,
    status: 404,
    message: "Could not route to this path",
    fault: "client",
    retryable: false,
  },
  malformedHttp: { code: 9001, status: 400, message: "Malformed HTTP request", fault: "client", retryable: false },
  headTooLarge: {
    code: 9002,
    status: 431,
    message: "Request header block too large",
    fault: "client",
    retryable: false,
  },
  clientTooSlow: {
    code: 9003,
    status: 408,
    message: "Request was not received in time",
    fault: "client",
    retryable: true,
  },
  notSupported: { code: 9004, status: 501, message: "Not supported", fault: "client", retryable: false },
  shuttingDown: { code: 9005, status: 503, message: "The gateway is shutting down", fault: "gateway", retryable: true },
  controlUnavailable: {
    code: 9006,
    status: 503,
    message: "The control process is not available",
    fault: "gateway",
    retryable: true,
  },
  modelNotAllowed: {
    code: 9007,
    status: 403,
    message: "This token may not use this model",
    fault: "client",
    retryable: false,
  },
  upgradeRequired: {
    code: 9008,
    status: 426,
    message: "Another version of the WebSocket protocol is needed",
    fault: "client",
    retryable: false,
  },
  tooManyConnections: {
    code: 9009,
    status: 503,
    message: "Too many connections",
    fault: "gateway",
    retryable: true,
  },
  credentialMissing: {
    code: 9010,
    status: 400,
    message: "No credential for the provider",
    fault: "client",
    retryable: false,
  },
  storedKeyUnusable: {
    code: 9011,
    status: 500,
    message: "The stored key cannot be used",
    fault: "gateway",
    retryable: false,
  },
} as const satisfies Record<string, ErrorDefinition>;

/** Name of a catalogue row. */
export type ErrorName = keyof typeof errorCatalogue;

/** One attempt as told in the `details` of an error. */
export interface AttemptSummary {
  /** Id of the attempt's record. */
  readonly logId: string;
  readonly step: number;
  readonly attempt: number;
  readonly provider: string;
  /** Status the provider gave; null when it gave none. */
  readonly statusCode: number | null;
  /** What went wrong in a word; null when the provider answered. */
  readonly cause: string | null;
  readonly durationMs: number;
}

/** A limit that refused a request, as told in the `details` of an error. Amounts in the metric's unit, money in dollars. */
export interface LimitFault {
  readonly rule: string;
  /** `gateway`, `spend_limit`, `limit`, `budget` or `provider_key`. */
  readonly origin: string;
  readonly metric: string;
  readonly limit: number;
  /** Counted when the request came, what is reserved included. */
  readonly used: number;
  /** What the request would take, estimated where it cannot be known. */
  readonly asked: number;
  /** Kind of the window. */
  readonly window: string;
  /** 0 for concurrency. */
  readonly windowSeconds: number;
  readonly retryAfterSeconds: number;
  /** Model that may be asked in place of the wanted one; null for none. Not told to clients. */
  readonly fallbackModel: string | null;
}

/** What an error adds to its catalogue row. */
export interface ErrorDetails {
  /** Text for people: what, where, and what was expected. Defaults to the catalogue's message. */
  readonly message?: string;
  /** Where the fault lies, e.g. `[0].provider` or `cf-aig-max-attempts`. */
  readonly path?: string;
  /** What went wrong in a word, e.g. `connection_refused`. */
  readonly cause?: string;
  /** What the system or TLS said, for people. */
  readonly explanation?: string;
  readonly upstreamStatus?: number;
  readonly attempts?: readonly AttemptSummary[];
  readonly limit?: LimitFault;
}

/** The one error that stages throw; `http/error-response.ts` turns it into an answer. */
export class GatewayError extends Error {
  readonly definition: ErrorDefinition;
  readonly details: ErrorDetails;
  readonly #row: ErrorName;

  /** @param name catalogue row. @param details what is particular to this occurrence. */
  constructor(name: ErrorName, details: ErrorDetails = {}) {
    super(details.message ?? errorCatalogue[name].message);
    this.name = "GatewayError";
    this.definition = errorCatalogue[name];
    this.details = details;
    this.#row = name;
  }

  /** The same error with another path: where the fault lies in a larger request. */
  at(path: string): GatewayError {
    return new GatewayError(this.#row, { ...this.details, path });
  }
}

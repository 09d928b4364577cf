/** A request as a route sees it. */
export interface ManagementRequest {
  readonly method: string;
  readonly url: URL;
  /** Parameters of the path, percent-decoded, never empty. */
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Headers;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
  /** Refuses a caller who may not do this besides what the route itself asks for. @throws ManagementError 401 or 403, code 10000. */
  require(permission: string): Promise<void>;
  /** The body, bounded. @throws ManagementError 413, code 3006. */
  bytes(): Promise<Buffer>;
  /** The body as JSON, bounded. @throws ManagementError 413 code 3006, or 400 code 7001 with path `["body"]`. */
  json(): Promise<unknown>;
}

/** One method of one path. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Segments by name or, after a colon, as a parameter: `/client/v4/accounts/:accountId/ai-gateway/gateways`. Names go before parameters. */
  readonly path: string;
  /** What a caller has to be allowed, as noun and verb: `logs.read`. */
  readonly permission: string;
  /** Refuses by throwing a ManagementError. A GET is also asked for HEAD; its body is then dropped. */
  readonly handle: (request: ManagementRequest) => Promise<Response>;
}

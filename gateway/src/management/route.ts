import type { z } from "zod";
import type { Caller } from "../access/caller.ts";
import type { OpenPermission, Permission } from "../access/permissions.ts";
import type { RouteTag } from "./route-tags.ts";

/** A request as a route sees it. */
export interface ManagementRequest {
  readonly method: string;
  readonly url: URL;
  /** Parameters of the path, percent-decoded, never empty. */
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Headers;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
  /** Who asks. On routes that ask for no credential, somebody who may do nothing. */
  readonly caller: Caller;
  /**
   * Refuses a caller who may not do this besides what the route itself asks for, in `accountId`, by default the path's account.
   * @throws ManagementError 403, code 10000.
   */
  require(permission: Permission, accountId?: string): void;
  /** The body, bounded. @throws ManagementError 413, code 3006. */
  bytes(): Promise<Buffer>;
  /** The body as JSON, bounded. @throws ManagementError 413 code 3006, or 400 code 7001 with path `["body"]`. */
  json(): Promise<unknown>;
}

/** What a route tells of itself; the API's reference is made of it. */
export interface RouteDeclaration {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Segments by name or, after a colon, as a parameter: `/client/v4/accounts/:accountId/ai-gateway/gateways`. Names go before parameters. */
  readonly path: string;
  /** What a caller has to be allowed, in the account and the gateway that `:accountId` and `:gatewayId` of the path name. */
  readonly permission: Permission | OpenPermission;
  /** Whether the permission has to be held in all accounts; default: in the account of the path, or in some where it names none. */
  readonly isOfAllAccounts?: true;
  /** What it does, in a few words without a full stop. */
  readonly summary: string;
  /** What else there is to know; plain text. */
  readonly description?: string;
  readonly tag: RouteTag;
  /** Exactly the parameters of the path. */
  readonly params: z.ZodObject;
  /** Parameters of the query; default none. */
  readonly query?: z.ZodObject;
  /** The JSON body; default none is read. */
  readonly body?: z.ZodType;
  readonly answer: RouteAnswer;
}

/** What comes back with status 200. */
export type RouteAnswer =
  /** `result` of the v4 envelope (reference §14.0). */
  | { readonly kind: "result"; readonly schema: z.ZodType }
  /** `result` of the v4 envelope as one page of a list, with `result_info`. `item` is one element. */
  | { readonly kind: "page"; readonly item: z.ZodType }
  /** JSON without the envelope. */
  | { readonly kind: "json"; readonly schema: z.ZodType }
  /** Bytes of another type, `type/subtype` or `any`. */
  | { readonly kind: "bytes"; readonly contentTypes: readonly string[] };

/** One method of one path. */
export interface Route extends RouteDeclaration {
  /** Refuses by throwing a ManagementError. A GET is also asked for HEAD; its body is then dropped. */
  readonly handle: (request: ManagementRequest) => Promise<Response>;
}

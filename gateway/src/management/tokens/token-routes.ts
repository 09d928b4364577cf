import { z } from "zod";
import { allPermissionGroups, permissionGroupId, permissionGroups } from "../../access/permission-groups.ts";
import { permissions } from "../../access/permissions.ts";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { requireAccount, requireObject } from "../find-settings.ts";
import { pageOf } from "../list-page.ts";
import { accountParams, idParam, noParams } from "../path-parameters.ts";
import type { ManagementRequest, Route } from "../route.ts";
import { deleteToken, rollToken, updateToken } from "./change-token.ts";
import { createToken } from "./create-token.ts";
import {
  createTokenBody,
  newTokenSchema,
  permissionGroupSchema,
  tokenSchema,
  tokensQuery,
  updateTokenBody,
  verifiedSchema,
} from "./schemas.ts";
import { showToken } from "./show-token.ts";
import { type TokenHome, tokenHome, tokenKey } from "./token-home.ts";
import type { TokenRoutesOptions } from "./token-routes-options.ts";
import { verifyToken } from "./verify-token.ts";

/** Where tokens are kept, and how the routes there are called. */
interface Place {
  readonly path: string;
  readonly params: z.ZodObject;
  /** Ends the summaries of its routes. */
  readonly of: string;
  /** What its routes declare besides. */
  readonly scope: Pick<Route, "isOfAllAccounts">;
  readonly homeOf: (params: Readonly<Record<string, string>>) => TokenHome;
}

const inAccount: Place = {
  path: "/client/v4/accounts/:accountId/tokens",
  params: accountParams,
  of: "of an account",
  scope: {},
  homeOf: ({ accountId = "" }) => tokenHome(accountId),
};
const inInstallation: Place = {
  path: "/client/v4/user/tokens",
  params: noParams,
  of: "of all accounts",
  scope: { isOfAllAccounts: true },
  homeOf: () => tokenHome(null),
};

const tag = "API tokens";
const tokenId = idParam("Id of a token.");
const verified = { kind: "result", schema: verifiedSchema } as const;

/** Every route of API tokens (reference §9.2, §14.11): those of one account, and those that count in all of them. */
export function tokenRoutes(options: TokenRoutesOptions): Route[] {
  return [inAccount, inInstallation].flatMap((place) => [...listRoutes(place, options), ...editRoutes(place, options)]);
}

function listRoutes(place: Place, options: TokenRoutesOptions): Route[] {
  const { path, params, of, scope } = place;
  const { desk, clock } = options;
  return [
    defineRoute({
      method: "GET",
      path: `${path}/verify`,
      permission: "self.read",
      summary: `Verify a token ${of}`,
      description: "Whether the token that is sent counts.",
      tag,
      params,
      answer: verified,
      handle: ({ request }) => verifyToken(request, request.params["accountId"] ?? null, options),
    }),
    defineRoute({
      method: "GET",
      path: `${path}/permission_groups`,
      permission: "tokens.read",
      summary: `List permission groups of tokens ${of}`,
      tag,
      params,
      query: z.object({ name: z.string().max(128).optional().meta({ description: "The whole name." }) }),
      answer: { kind: "result", schema: z.array(permissionGroupSchema) },
      handle: ({ query }) =>
        success(shownGroups().filter(({ name }) => query.name === undefined || name === query.name)),
    }),
    defineRoute({
      ...scope,
      method: "GET",
      path,
      permission: "tokens.read",
      summary: `List tokens ${of}`,
      tag,
      params,
      query: tokensQuery,
      answer: { kind: "page", item: tokenSchema },
      handle({ request, query }) {
        const home = place.homeOf(request.params);
        if (home.accountId !== "") requireAccount(desk.current, home.accountId);
        const tokens = desk.current.list(home.accountId, "token");
        const ordered = query.direction === "asc" ? tokens : tokens.toReversed();
        return pageOf(
          ordered.map((object) => showToken(object, home, clock.nowMs())),
          query,
        );
      },
    }),
    defineRoute({
      ...scope,
      method: "GET",
      path: `${path}/:tokenId`,
      permission: "tokens.read",
      summary: `Get a token ${of}`,
      tag,
      params: params.extend({ tokenId }),
      answer: { kind: "result", schema: tokenSchema },
      handle({ request }) {
        const home = place.homeOf(request.params);
        const object = requireObject(desk.current, tokenKey(home, String(request.params["tokenId"])));
        return success(showToken(object, home, clock.nowMs()));
      },
    }),
  ];
}

function editRoutes(place: Place, options: TokenRoutesOptions): Route[] {
  const { path, params, of, scope } = place;
  const asked = (request: ManagementRequest) => ({
    request,
    tokenId: String(request.params["tokenId"]),
    home: place.homeOf(request.params),
  });
  return [
    defineRoute({
      ...scope,
      method: "POST",
      path,
      permission: "tokens.edit",
      summary: `Create a token ${of}`,
      description: "Its text is in value, this once. It may do no more than whoever makes it.",
      tag,
      params,
      body: createTokenBody,
      answer: { kind: "result", schema: newTokenSchema },
      handle: ({ request, body }) => createToken({ request, body }, asked(request).home, options),
    }),
    defineRoute({
      ...scope,
      method: "PUT",
      path: `${path}/:tokenId`,
      permission: "tokens.edit",
      summary: `Change a token ${of}`,
      description: "Optional members that are left out keep their values.",
      tag,
      params: params.extend({ tokenId }),
      body: updateTokenBody,
      answer: { kind: "result", schema: tokenSchema },
      handle: ({ request, body }) => updateToken(asked(request), body, options),
    }),
    defineRoute({
      ...scope,
      method: "PUT",
      path: `${path}/:tokenId/value`,
      permission: "tokens.edit",
      summary: `Roll a token ${of}`,
      description: "Answers its new text, this once; the old one counts no more.",
      tag,
      params: params.extend({ tokenId }),
      answer: { kind: "result", schema: z.string() },
      handle: ({ request }) => rollToken(asked(request), options),
    }),
    defineRoute({
      ...scope,
      method: "DELETE",
      path: `${path}/:tokenId`,
      permission: "tokens.edit",
      summary: `Revoke a token ${of}`,
      tag,
      params: params.extend({ tokenId }),
      answer: { kind: "result", schema: z.object({ id: z.string() }) },
      handle: ({ request }) => deleteToken(asked(request), options),
    }),
  ];
}

function shownGroups(): z.output<typeof permissionGroupSchema>[] {
  return allPermissionGroups.map((name) => ({
    id: permissionGroupId(name),
    name,
    description: permissionGroups[name].map((permission) => permissions[permission].allows).join("; "),
    scopes: ["com.cloudflare.api.account"],
    permissions: [...permissionGroups[name]],
  }));
}

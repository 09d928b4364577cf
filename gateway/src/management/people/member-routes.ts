import { z } from "zod";
import { allRoles, isRole, type Role, roles } from "../../access/roles.ts";
import { allUsers, findUserByEmail, type User } from "../../settings/user-object.ts";
import { changeSettings } from "../change-settings.ts";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { requireAccount } from "../find-settings.ts";
import { pageOf, pageQuery } from "../list-page.ts";
import { ManagementError } from "../management-error.ts";
import { accountParams, idParam } from "../path-parameters.ts";
import type { ManagementRequest, Route } from "../route.ts";
import { auditedChange, newUser, putUser, refuseLastOwner, refuseMightierRoles, requireUser } from "./change-user.ts";
import type { PeopleRoutesOptions } from "./people-routes-options.ts";
import { email, roleName } from "./user-routes.ts";

const roleSchema = z
  .object({ id: z.string(), name: z.string(), description: z.string(), permissions: z.array(z.string()) })
  .meta({ id: "Role" });

const memberSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    status: z.enum(["accepted", "pending"]).meta({ description: "pending until they can sign in." }),
    user: z.object({ id: z.string(), email: z.string(), first_name: z.string(), last_name: z.string() }),
    roles: z.array(roleSchema),
  })
  .meta({ id: "Member" });

/** A role by its id, alone or as the object clients have it in. */
const givenRole = z.union([roleName, z.object({ id: roleName }).transform(({ id }) => id)], {
  error: `Expected the id of a role: ${allRoles.join(", ")}`,
});
const oneRole = z.array(givenRole).length(1, { error: "Expected one role" });

const path = "/client/v4/accounts/:accountId/members";
const tag = "People";
const params = accountParams.extend({ memberId: idParam("Id of a person.") });
const member = { kind: "result", schema: memberSchema } as const;

/** Members of an account and their roles in it, as the product's SDK has them. */
export function memberRoutes(options: PeopleRoutesOptions): Route[] {
  return [...readRoutes(options), ...editRoutes(options)];
}

function readRoutes({ desk }: PeopleRoutesOptions): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/client/v4/accounts/:accountId/roles",
      permission: "users.read",
      summary: "List roles",
      tag,
      params: accountParams,
      query: pageQuery,
      answer: { kind: "page", item: roleSchema },
      handle: ({ query }) => pageOf(allRoles.map(showRole), query),
    }),
    defineRoute({
      method: "GET",
      path,
      permission: "users.read",
      summary: "List members",
      tag,
      params: accountParams,
      query: pageQuery,
      answer: { kind: "page", item: memberSchema },
      handle({ params: { accountId }, query }) {
        requireAccount(desk.current, accountId);
        const found = allUsers(desk.current).filter((user) => Object.hasOwn(user.roles, accountId));
        return pageOf(
          found.map((user) => showMember(user, accountId)),
          query,
        );
      },
    }),
    defineRoute({
      method: "GET",
      path: `${path}/:memberId`,
      permission: "users.read",
      summary: "Get a member",
      tag,
      params,
      answer: member,
      handle({ params: { accountId, memberId } }) {
        return success(showMember(memberOf(requireUser(desk.current, memberId), accountId), accountId));
      },
    }),
  ];
}

function editRoutes(options: PeopleRoutesOptions): Route[] {
  return [
    defineRoute({
      method: "POST",
      path,
      permission: "users.edit",
      summary: "Add a member",
      description: "Somebody new gets no password: an owner sets one, or they sign in at the identity provider.",
      tag,
      params: accountParams,
      body: z.object({ email, roles: oneRole }),
      answer: member,
      async handle({ request, params: { accountId }, body }) {
        const added = await addMember(
          { request, accountId, email: body.email, role: body.roles[0] as string },
          options,
        );
        return success(showMember(added, accountId));
      },
    }),
    defineRoute({
      method: "PUT",
      path: `${path}/:memberId`,
      permission: "users.edit",
      summary: "Change a member's role",
      tag,
      params,
      body: z.object({ roles: oneRole }),
      answer: member,
      async handle({ request, params: { accountId, memberId }, body }) {
        const role = body.roles[0] as string;
        return success(showMember(await changeRole({ request, accountId, memberId, role }, options), accountId));
      },
    }),
    defineRoute({
      method: "DELETE",
      path: `${path}/:memberId`,
      permission: "users.edit",
      summary: "Remove a member",
      description: "Takes the role in this account away.",
      tag,
      params,
      answer: { kind: "result", schema: z.object({ id: z.string() }) },
      async handle({ request, params: { accountId, memberId } }) {
        await changeRole({ request, accountId, memberId, role: null }, options);
        return success({ id: memberId });
      },
    }),
  ];
}

function addMember(
  asked: {
    readonly request: ManagementRequest;
    readonly accountId: string;
    readonly email: string;
    readonly role: string;
  },
  options: PeopleRoutesOptions,
): Promise<User> {
  const { request, accountId, role } = asked;
  return changeSettings(options, request, (model) => {
    requireAccount(model, accountId);
    refuseMightierRoles(request.caller, {}, { [accountId]: role });
    const known = findUserByEmail(model, asked.email);
    if (known !== undefined && Object.hasOwn(known.roles, accountId)) {
      throw new ManagementError("conflict", [{ message: "This person is a member", path: ["body", "email"] }]);
    }
    const fresh = { email: asked.email, name: "", passwordHash: null, status: "active", subject: null } as const;
    const before = known ?? newUser(model, { ...fresh, roles: {} });
    const after = { ...before, roles: { ...before.roles, [accountId]: role } };
    return { writes: [putUser(after)], audit: [auditedChange(known ?? null, after, accountId)], result: after };
  });
}

/** @param asked `role` null takes it away. */
function changeRole(
  asked: {
    readonly request: ManagementRequest;
    readonly accountId: string;
    readonly memberId: string;
    readonly role: string | null;
  },
  options: PeopleRoutesOptions,
): Promise<User> {
  const { request, accountId, memberId, role } = asked;
  return changeSettings(options, request, (model) => {
    const before = memberOf(requireUser(model, memberId), accountId);
    const { [accountId]: _, ...others } = before.roles;
    const after = { ...before, roles: role === null ? others : { ...others, [accountId]: role } };
    refuseMightierRoles(request.caller, before.roles, after.roles);
    refuseLastOwner(model, request.caller, { before, after });
    return { writes: [putUser(after)], audit: [auditedChange(before, after, accountId)], result: after };
  });
}

/** @throws ManagementError 404 code 7002 for somebody who is no member. */
function memberOf(user: User, accountId: string): User {
  if (!Object.hasOwn(user.roles, accountId)) throw new ManagementError("notFound");
  return user;
}

function showMember({ id, email: address, name, roles: held, passwordHash, subject }: User, accountId: string) {
  const role = held[accountId];
  return {
    id,
    email: address,
    status: passwordHash === null && subject === null ? ("pending" as const) : ("accepted" as const),
    user: { id, email: address, first_name: name, last_name: "" },
    roles: role !== undefined && isRole(role) ? [showRole(role)] : [],
  };
}

const descriptions: Readonly<Record<Role, string>> = {
  owner: "May do everything",
  admin: "May do everything but make accounts and change what is paid for",
  developer: "Manages gateways, keys and logs, and runs models",
  viewer: "Sees settings and logs without bodies, and changes nothing",
  billing: "Sees costs and changes what is paid for",
};

function showRole(role: Role): z.output<typeof roleSchema> {
  return { id: role, name: role, description: descriptions[role], permissions: [...roles[role]] };
}

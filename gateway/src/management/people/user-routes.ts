import { z } from "zod";
import { passwordFault } from "../../access/password.ts";
import { allRoles } from "../../access/roles.ts";
import { allUsers, findUserByEmail, type User } from "../../settings/user-object.ts";
import { changeSettings } from "../change-settings.ts";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { pageOf, pageQuery } from "../list-page.ts";
import { invalid, ManagementError } from "../management-error.ts";
import { idParam, noParams } from "../path-parameters.ts";
import type { ManagementRequest, Route } from "../route.ts";
import {
  auditedChange,
  newUser,
  putUser,
  refuseLastOwner,
  refuseMightierPerson,
  refuseMightierRoles,
  requireUser,
} from "./change-user.ts";
import type { PeopleRoutesOptions } from "./people-routes-options.ts";

/** An e-mail address, as far as that can be said of one. */
export const email = z
  .string()
  .trim()
  .max(320)
  .regex(/^[^\s@<>"',;]+@[^\s@<>"',;]+$/, { error: "Expected an e-mail address" })
  .meta({ examples: ["ada@example.com"] });

/** Name of a role. */
export const roleName = z.enum(allRoles as [string, ...string[]], {
  error: `Expected one of ${allRoles.join(", ")}`,
});

const fields = {
  name: z.string().trim().max(120),
  password: z.string().superRefine((text, context) => {
    const fault = passwordFault(text);
    if (fault !== null) context.addIssue(fault);
  }),
  roles: z
    .record(
      z.string().regex(/^(?:\*|[A-Za-z0-9][A-Za-z0-9_-]{0,63})$/, { error: "Expected the id of an account or *" }),
      roleName,
    )
    .meta({ description: "Role by account; * stands for all accounts." }),
  status: z.enum(["active", "disabled"]),
};

const createBody = z.object({
  email,
  name: fields.name.default(""),
  password: fields.password
    .optional()
    .meta({ description: "Without one, the person signs in at the identity provider." }),
  roles: fields.roles.default({}),
});

const updateBody = z.object({
  name: fields.name.optional(),
  password: fields.password.optional(),
  roles: fields.roles.optional(),
  status: fields.status.optional(),
});

const userSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    roles: z.record(z.string(), z.string()),
    status: fields.status,
    has_password: z.boolean(),
    is_external: z.boolean().meta({ description: "Whether they came from the identity provider." }),
  })
  .meta({ id: "User" });

const path = "/api/users";
const tag = "People";
const params = z.object({ userId: idParam("Id of a person.") });
const user = { kind: "result", schema: userSchema } as const;

/** People of the whole installation: for those who may manage them in all accounts. */
export function userRoutes(options: PeopleRoutesOptions): Route[] {
  return [...readRoutes(options), ...editRoutes(options)];
}

function readRoutes({ desk }: PeopleRoutesOptions): Route[] {
  return [
    defineRoute({
      method: "GET",
      path,
      permission: "users.read",
      isOfAllAccounts: true,
      summary: "List people",
      tag,
      params: noParams,
      query: pageQuery.extend({ email: z.string().max(320).optional().meta({ description: "The whole address." }) }),
      answer: { kind: "page", item: userSchema },
      handle({ query }) {
        const found = query.email === undefined ? allUsers(desk.current) : [findUserByEmail(desk.current, query.email)];
        return pageOf(found.filter((each) => each !== undefined).map(showUser), query);
      },
    }),
    defineRoute({
      method: "GET",
      path: `${path}/:userId`,
      permission: "users.read",
      isOfAllAccounts: true,
      summary: "Get a person",
      tag,
      params,
      answer: user,
      handle: ({ params: { userId } }) => success(showUser(requireUser(desk.current, userId))),
    }),
  ];
}

function editRoutes(options: PeopleRoutesOptions): Route[] {
  return [
    defineRoute({
      method: "POST",
      path,
      permission: "users.edit",
      isOfAllAccounts: true,
      summary: "Add a person",
      description: "Gives no role that may do more than whoever adds them.",
      tag,
      params: noParams,
      body: createBody,
      answer: user,
      handle: ({ request, body }) => createUser(request, body, options),
    }),
    defineRoute({
      method: "PATCH",
      path: `${path}/:userId`,
      permission: "users.edit",
      isOfAllAccounts: true,
      summary: "Change a person",
      description: "What is left out stays. Another password or status signs them out everywhere.",
      tag,
      params,
      body: updateBody,
      answer: user,
      handle: ({ request, params: { userId }, body }) => updateUser({ request, userId, body }, options),
    }),
    defineRoute({
      method: "DELETE",
      path: `${path}/:userId`,
      permission: "users.edit",
      isOfAllAccounts: true,
      summary: "Remove a person",
      description: "Tokens they made stay.",
      tag,
      params,
      answer: { kind: "result", schema: z.object({ id: z.string() }) },
      handle: ({ request, params: { userId } }) => deleteUser(request, userId, options),
    }),
  ];
}

async function createUser(
  request: ManagementRequest,
  { password, ...body }: z.output<typeof createBody>,
  options: PeopleRoutesOptions,
): Promise<Response> {
  refuseMightierRoles(request.caller, {}, body.roles);
  refuseUnknownAccounts(body.roles, options);
  const passwordHash = password === undefined ? null : await options.passwords.hash(password);
  const created = await changeSettings(options, request, (model) => {
    const added = newUser(model, { ...body, passwordHash, status: "active", subject: null });
    return { writes: [putUser(added)], audit: [auditedChange(null, added)], result: added };
  });
  return success(showUser(created));
}

async function updateUser(
  { request, userId, body }: { request: ManagementRequest; userId: string; body: z.output<typeof updateBody> },
  options: PeopleRoutesOptions,
): Promise<Response> {
  refuseMightierPerson(request.caller, requireUser(options.desk.current, userId));
  refuseUnknownAccounts(body.roles ?? {}, options);
  const passwordHash = body.password === undefined ? undefined : await options.passwords.hash(body.password);
  const updated = await changeSettings(options, request, (model) => {
    const before = requireUser(model, userId);
    refuseMightierPerson(request.caller, before);
    const after: User = {
      ...before,
      name: body.name ?? before.name,
      roles: body.roles ?? before.roles,
      status: body.status ?? before.status,
      passwordHash: passwordHash ?? before.passwordHash,
    };
    refuseMightierRoles(request.caller, before.roles, after.roles);
    refuseLastOwner(model, request.caller, { before, after });
    return { writes: [putUser(after)], audit: [auditedChange(before, after)], result: after };
  });
  if (passwordHash !== undefined || body.status === "disabled") await options.sessions.closeAllOf(userId);
  return success(showUser(updated));
}

async function deleteUser(request: ManagementRequest, userId: string, options: PeopleRoutesOptions): Promise<Response> {
  await changeSettings(options, request, (model) => {
    const before = requireUser(model, userId);
    refuseMightierPerson(request.caller, before);
    if (request.caller.type === "user" && request.caller.id === userId) {
      throw new ManagementError("invalid", [{ message: "Somebody else has to remove you" }]);
    }
    return {
      writes: [{ remove: { accountId: "", kind: "user", id: userId } }],
      audit: [auditedChange(before, null)],
      result: null,
    };
  });
  await options.sessions.closeAllOf(userId);
  return success({ id: userId });
}

function refuseUnknownAccounts(given: Readonly<Record<string, string>>, { desk }: PeopleRoutesOptions): void {
  const unknown = Object.keys(given).find((id) => id !== "*" && !desk.current.accountIds.includes(id));
  if (unknown !== undefined) throw invalid("There is no such account", ["body", "roles", unknown]);
}

function showUser({
  id,
  email: address,
  name,
  roles,
  status,
  passwordHash,
  subject,
}: User): z.output<typeof userSchema> {
  return {
    id,
    email: address,
    name,
    roles: { ...roles },
    status,
    has_password: passwordHash !== null,
    is_external: subject !== null,
  };
}

import type { SettingsObject } from "../../core/settings-object.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { managedBy, refuseFileManaged, requireGateway, requireObject } from "../find-settings.ts";
import { gatewaysPath } from "../gateways/gateway-routes.ts";
import { pageOf, pageQuery } from "../list-page.ts";
import { invalid, ManagementError } from "../management-error.ts";
import { gatewayParams, idParam } from "../path-parameters.ts";
import { publicOrigin } from "../public-origin.ts";
import type { ManagementRequest, Route } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { domainBody, domainSchema } from "./schemas.ts";

/** Most host names of an account. */
const MOST_DOMAINS = 1000;

const domainsPath = `${gatewaysPath}/:gatewayId/custom-domains`;
const all = { path: domainsPath, tag: "Custom domains", params: gatewayParams } as const;
const one = {
  path: `${domainsPath}/:hostname`,
  tag: "Custom domains",
  params: gatewayParams.extend({ hostname: idParam("A host name.") }),
  answer: { kind: "result", schema: domainSchema },
} as const;

/** Every route of custom domains (reference §14.13). */
export function domainRoutes(options: SettingsRoutesOptions): Route[] {
  const { desk } = options;
  return [
    defineRoute({
      ...all,
      method: "GET",
      permission: "domains.read",
      summary: "List custom domains",
      query: pageQuery,
      answer: { kind: "page", item: domainSchema },
      handle({ request, params: { accountId, gatewayId }, query }) {
        requireGateway(desk.current, accountId, gatewayId);
        const own = desk.current.list(accountId, "custom-domain");
        const found = own.filter(({ value }) => value["gatewayId"] === gatewayId);
        return pageOf(found.map(shownFor(request)), query);
      },
    }),
    defineRoute({
      ...all,
      method: "POST",
      permission: "domains.edit",
      summary: "Create a custom domain",
      description: "From then on the host name's paths begin with a provider, without account and gateway.",
      body: domainBody,
      answer: one.answer,
      async handle({ request, params: { accountId, gatewayId }, body }) {
        const { domain: hostname, zone_id: zoneId = null } = body;
        refuseOwnName(request, hostname, options);
        await changeSettings(options, request, (model) => {
          requireGateway(model, accountId, gatewayId);
          refuseTaken(model, accountId, hostname);
          const value = { gatewayId, zoneId };
          const audit = [
            auditDraft("ai_gateway.custom_domain", "created", { accountId, id: hostname, before: null, after: value }),
          ];
          return { writes: [{ put: { accountId, kind: "custom-domain", id: hostname, value } }], audit, result: null };
        });
        return success(shownFor(request)(requireDomain(desk.current, { accountId, gatewayId, hostname })));
      },
    }),
    defineRoute({
      ...one,
      method: "GET",
      permission: "domains.read",
      summary: "Get a custom domain",
      handle: ({ request, params }) => success(shownFor(request)(requireDomain(desk.current, params))),
    }),
    defineRoute({
      ...one,
      method: "DELETE",
      permission: "domains.edit",
      summary: "Delete a custom domain",
      async handle({ request, params }) {
        const deleted = await changeSettings(options, request, (model) => {
          const domain = requireDomain(model, params);
          refuseFileManaged(domain);
          const { accountId, kind, id, value } = domain;
          const audit = [
            auditDraft("ai_gateway.custom_domain", "deleted", { accountId, id, before: value, after: null }),
          ];
          return { writes: [{ remove: { accountId, kind, id } }], audit, result: domain };
        });
        return success(shownFor(request)(deleted));
      },
    }),
  ];
}

/** Under a custom domain there is no management: whoever takes the name that it is reached by would shut everybody out. */
function refuseOwnName(
  request: ManagementRequest,
  hostname: string,
  { isManagementName }: Pick<SettingsRoutesOptions, "isManagementName">,
): void {
  const ownName = new URL(publicOrigin(request)).hostname.replace(/\.$/, "");
  if (ownName !== hostname && !isManagementName(hostname)) return;
  throw invalid("This is the name under which the management API is reached", ["body", "domain"]);
}

/** A host name leads to one gateway of one account; which account has it is not told. */
function refuseTaken(model: SettingsModel, accountId: string, hostname: string): void {
  if (model.accountIds.some((each) => model.get(each, "custom-domain", hostname) !== undefined)) {
    throw new ManagementError("conflict", [{ message: "This domain is in use already", path: ["body", "domain"] }]);
  }
  if (model.list(accountId, "custom-domain").length >= MOST_DOMAINS) {
    throw new ManagementError("invalid", [{ message: `An account has at most ${MOST_DOMAINS} custom domains` }]);
  }
}

function requireDomain(
  model: SettingsModel,
  { accountId, gatewayId, hostname }: Readonly<Record<"accountId" | "gatewayId" | "hostname", string>>,
): SettingsObject {
  requireGateway(model, accountId, gatewayId);
  const domain = requireObject(model, { accountId, kind: "custom-domain", id: hostname.toLowerCase() });
  if (domain.value["gatewayId"] !== gatewayId) throw new ManagementError("notFound");
  return domain;
}

function shownFor(request: ManagementRequest): (domain: SettingsObject) => object {
  const target = new URL(publicOrigin(request)).hostname;
  return (domain) => ({
    hostname: domain.id,
    gateway_id: domain.value["gatewayId"],
    zone_id: domain.value["zoneId"] ?? null,
    status: "active",
    cname_target: target,
    created_at: domain.createdAtMs,
    modified_at: domain.modifiedAtMs,
    ...managedBy(domain),
  });
}

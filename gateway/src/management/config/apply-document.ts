import type { z } from "zod";
import type { Actor, AuditDraft, ObjectChange } from "../../core/settings-object.ts";
import { type ApplyPlan, planApply, writeOf } from "../../settings/plan-apply.ts";
import { changesBackTo } from "../../settings/roll-back.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { askSettings } from "../change-settings.ts";
import type { Asked } from "../define-route.ts";
import { success } from "../envelope.ts";
import { addressFaultsOf, namesSecrets } from "./check-addresses.ts";
import { ManagementError } from "../management-error.ts";
import type { noParams } from "../path-parameters.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import type { documentBody, rollbackBody } from "./schemas.ts";
import { auditedValue, shownChanges } from "./shown-changes.ts";

type DocumentAsked = Asked<typeof noParams, z.ZodObject, typeof documentBody>;
type RollbackAsked = Asked<typeof noParams, z.ZodObject, typeof rollbackBody>;

/**
 * `POST /api/config/diff`: what applying a document would change.
 * @throws ManagementError as `applyDocument`.
 */
export function diffDocument({ body }: DocumentAsked, options: SettingsRoutesOptions): Response {
  const { changes } = planOf(options.desk.current, body, options);
  return success({ version: options.desk.current.version, changes: shownChanges(changes) });
}

/**
 * `POST /api/config/apply`: makes the settings of the document's accounts as it says, all of it or nothing.
 * @throws ManagementError 400 code 7001 with path `["body", "document"]`, one fault for each problem of it, with its line; 403 code 10000 for
 *   secrets of this machine that the caller may not name; 409 code 7001 for what the configuration file declares otherwise.
 */
export async function applyDocument(
  { request, body }: DocumentAsked,
  options: SettingsRoutesOptions,
): Promise<Response> {
  const changes = await changeAll(options, actorOf(request), (model) => {
    const plan = planOf(model, body, options);
    if (namesSecrets(plan.changes)) request.require("secrets.reference");
    return { changes: plan.changes, action: "configuration applied" };
  });
  return success({ version: options.desk.current.version, changes: shownChanges(changes) });
}

/**
 * `POST /api/config/rollback`: makes accounts, gateways, custom providers and domains and datasets what they were at a version. Tokens, people
 * and secrets stay as they are.
 * @throws ManagementError 404 code 7002 for a version that has not been.
 */
export async function rollBack({ request, body }: RollbackAsked, options: SettingsRoutesOptions): Promise<Response> {
  const { desk, store } = options;
  const changesFor = async (model: SettingsModel): Promise<readonly ObjectChange[]> => {
    const changes = await askSettings(changesBackTo(model, store, body.version));
    if (changes === null) throw new ManagementError("notFound", [{ message: `There is no version ${body.version}` }]);
    return changes;
  };
  const changes = body.dry_run
    ? await changesFor(desk.current)
    : await changeAll(options, actorOf(request), async (model) => ({
        changes: await changesFor(model),
        action: `configuration rolled back to version ${body.version}`,
      }));
  return success({ version: desk.current.version, changes: shownChanges(changes) });
}

interface Intended {
  readonly changes: readonly ObjectChange[];
  readonly action: string;
}

async function changeAll(
  { desk }: SettingsRoutesOptions,
  actor: Actor,
  intend: (model: SettingsModel) => Intended | Promise<Intended>,
): Promise<readonly ObjectChange[]> {
  return askSettings(
    desk.change(actor, async (model) => {
      const { changes, action } = await intend(model);
      const audit = changes.map((change) => auditOf(change, action));
      return { writes: changes.map(writeOf), audit, result: changes };
    }),
  );
}

function auditOf({ accountId, kind, id, before, after }: ObjectChange, action: string): AuditDraft {
  return {
    accountId,
    action,
    resourceType: `ai_gateway.${kind.replaceAll("-", "_")}`,
    resourceId: id,
    before: auditedValue(kind, before),
    after: auditedValue(kind, after),
  };
}

function planOf(
  model: SettingsModel,
  { document, prune }: z.output<typeof documentBody>,
  options: SettingsRoutesOptions,
): ApplyPlan {
  const { documents, addresses } = options;
  const read = documents.readDocument(document);
  if ("problems" in read) throw unusable(read.problems);
  const plan = planApply(model, read.objects, { isPruning: prune, keptMembers: documents.unsaidMembers });
  if (plan.refused.length > 0) {
    throw new ManagementError(
      "conflict",
      plan.refused.map((path) => ({ message: `The configuration file declares ${path}: change it in headgate.yaml` })),
    );
  }
  const faults = addressFaultsOf(plan.changes, addresses);
  if (faults.length > 0) throw unusable(faults);
  return plan;
}

function unusable(problems: readonly string[]): ManagementError {
  return new ManagementError(
    "invalid",
    problems.map((message) => ({ message, path: ["body", "document"] })),
  );
}

function actorOf({ caller: { type, id, email, ip } }: DocumentAsked["request"]): Actor {
  return { type, id, email, ip };
}

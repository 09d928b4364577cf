import type { SettingsModel } from "../settings/settings-model.ts";
import { BudgetInUse } from "../settings/bound-budgets.ts";
import { OpenGateways } from "../settings/open-gateways.ts";
import type { Change, ObjectWrite } from "../settings/settings-desk.ts";
import { SettingsConflict, SettingsStoreUnavailable } from "../stores/ports/settings-store.ts";
import { invalid, ManagementError } from "./management-error.ts";
import type { ManagementRequest } from "./route.ts";
import type { SettingsRoutesOptions } from "./settings-routes-options.ts";

/**
 * Changes settings in the caller's name. What `verb` throws is thrown, and nothing is changed.
 * @throws ManagementError as `askSettings` does.
 */
export function changeSettings<Result>(
  { desk }: Pick<SettingsRoutesOptions, "desk">,
  { caller: { type, id, email, ip } }: ManagementRequest,
  verb: (model: SettingsModel) => Change<Result>,
): Promise<Result> {
  return askSettings(
    desk.change({ type, id, email, ip }, (model) => {
      const change = verb(model);
      return { ...change, writes: lastOfEach(change.writes) };
    }),
  );
}

/** What is written twice is written as it is written last. */
function lastOfEach(writes: readonly ObjectWrite[]): ObjectWrite[] {
  const byKey = new Map(
    writes.map((write) => {
      const { accountId, kind, id } = "put" in write ? write.put : write.remove;
      return [`${accountId}\n${kind}\n${id}`, write] as const;
    }),
  );
  return [...byKey.values()];
}

/**
 * What the store of settings answers.
 * @throws ManagementError 503 code 7000 when it is away or full, 409 code 7001 when another process changed it or a budget would go that tokens
 *   name, 400 code 7001 for a change that
 *   would let in whoever reaches the port.
 */
export async function askSettings<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof SettingsStoreUnavailable) throw unavailable(error);
    if (error instanceof SettingsConflict) {
      throw new ManagementError("conflict", [{ message: "The settings were changed by somebody else meanwhile" }]);
    }
    if (error instanceof BudgetInUse) throw new ManagementError("conflict", [{ message: error.message }]);
    if (error instanceof OpenGateways) throw invalid(error.message, ["body", "authentication"]);
    throw error;
  }
}

function unavailable({ message }: SettingsStoreUnavailable): ManagementError {
  const reason = reasons.find(([pattern]) => pattern.test(message))?.[1] ?? "their database does not answer";
  return new ManagementError("unavailable", [
    { message: `Settings cannot be stored now: ${reason}. Nothing was changed; requests are served as before` },
  ]);
}

/** By the codes of SQLite and of the system. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/^(?:SQLITE_FULL|ENOSPC|EDQUOT)/, "the disk is full"],
  [/^(?:SQLITE_READONLY|EROFS|EACCES)/, "the disk cannot be written to"],
  [/^(?:SQLITE_IOERR|EIO)/, "the disk does not answer"],
];

import { defaultGatewaySettings, type JsonObject } from "../../core/gateway-settings.ts";
import type { ObjectChange } from "../../core/settings-object.ts";
import { type ChangeLine, describeChanges } from "../../settings/describe-changes.ts";
import { auditedProvider } from "../custom-providers/show-custom-provider.ts";
import { auditedGateway } from "../gateways/show-gateway.ts";

/** Changes as lines for people, credentials hidden; that they changed is told all the same. */
export function shownChanges(changes: readonly ObjectChange[]): ChangeLine[] {
  return changes.flatMap((change) => {
    const lines = describeChanges([change]);
    return Object.hasOwn(hiddenMembers, change.kind) ? lines.map((line) => hidden(line, change)) : lines;
  });
}

/** The value of an object as the audit log may tell it. */
export function auditedValue(kind: ObjectChange["kind"], value: JsonObject | null): JsonObject | null {
  if (value === null) return null;
  if (kind === "custom-provider") return auditedProvider(value);
  return kind === "gateway" ? auditedGateway({ ...defaultGatewaySettings, ...value }) : value;
}

/** Members that may hold credentials, by kind. */
const hiddenMembers: Readonly<Record<string, readonly string[]>> = {
  gateway: ["otel", "stripe"],
  "custom-provider": ["headers"],
};

function hidden(line: ChangeLine, { kind, before, after }: ObjectChange): ChangeLine {
  if (before === null || after === null) {
    const [shownBefore, shownAfter] = [auditedValue(kind, before), auditedValue(kind, after)];
    return {
      path: line.path,
      ...(shownBefore === null ? {} : { before: shownBefore }),
      ...(shownAfter === null ? {} : { after: shownAfter }),
    };
  }
  const member = line.path.slice(line.path.lastIndexOf(".") + 1);
  if (hiddenMembers[kind]?.includes(member) !== true) return line;
  return { path: line.path, before: auditedValue(kind, before)?.[member], after: auditedValue(kind, after)?.[member] };
}

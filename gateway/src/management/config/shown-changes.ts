import { defaultGatewaySettings, type GatewaySettings, type JsonObject } from "../../core/gateway-settings.ts";
import type { ObjectChange } from "../../core/settings-object.ts";
import { type ChangeLine, describeChanges } from "../../settings/describe-changes.ts";
import { auditedGateway } from "../gateways/show-gateway.ts";

/** Changes as lines for people, credentials of collectors and of billing hidden; that they changed is told all the same. */
export function shownChanges(changes: readonly ObjectChange[]): ChangeLine[] {
  return changes.flatMap((change) =>
    change.kind === "gateway"
      ? describeChanges([change]).map((line) => hidden(line, change))
      : describeChanges([change]),
  );
}

/** The value of an object as the audit log may tell it. */
export function auditedValue(kind: ObjectChange["kind"], value: JsonObject | null): JsonObject | null {
  return kind !== "gateway" || value === null ? value : auditedGateway({ ...defaultGatewaySettings, ...value });
}

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
  if (member !== "otel" && member !== "stripe") return line;
  return { path: line.path, before: hiddenMember(member, before), after: hiddenMember(member, after) };
}

function hiddenMember(member: "otel" | "stripe", value: JsonObject): unknown {
  const settings: GatewaySettings = { ...defaultGatewaySettings, ...value };
  return auditedGateway(settings)[member];
}

import type { LogpushTargetSettings } from "../../core/export-settings.ts";
import type { LogpushTarget, ResolveSecret } from "../target.ts";
import { folderTarget } from "./folder-target.ts";
import { httpTarget } from "./http-target.ts";
import { s3Target } from "./s3-target.ts";

/** The target that settings describe. */
export function openTarget(settings: LogpushTargetSettings, resolveSecret: ResolveSecret): LogpushTarget {
  if (settings.type === "folder") return folderTarget(settings);
  if (settings.type === "http") return httpTarget(settings, resolveSecret);
  return s3Target(settings, resolveSecret);
}

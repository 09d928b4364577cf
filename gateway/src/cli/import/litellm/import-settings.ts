import {
  byHand,
  type ImportDraft,
  mappedInto,
  notMapped,
  nothingToDo,
  put,
  putOnce,
  type TargetPath,
} from "../import-draft.ts";
import { memberOf, membersOf, type SourceValue } from "../import-source.ts";
import { tries } from "./import-deployments.ts";
import type { ImportPlace } from "../import-place.ts";
import { callbackTexts, settingTexts } from "./setting-texts.ts";

/** A setting that goes into the file: where, and what its value is there; undefined when it has none. */
interface SettingRule {
  readonly target: (gateway: TargetPath) => TargetPath;
  readonly value: (value: unknown) => unknown;
}

const rules: Readonly<Record<string, SettingRule>> = {
  num_retries: { target: (gateway) => [...gateway, "retry_max_attempts"], value: (value) => ifNumber(value, tries) },
  timeout: { target: () => ["timeouts", "first_byte_ms"], value: (value) => ifNumber(value, inMilliseconds) },
  request_timeout: { target: () => ["timeouts", "first_byte_ms"], value: (value) => ifNumber(value, inMilliseconds) },
  max_request_size_mb: {
    target: () => ["limits", "max_body_bytes"],
    value: (value) => ifNumber(value, (megabytes) => Math.round(megabytes * 1_048_576)),
  },
  maximum_spend_logs_retention_period: { target: (gateway) => [...gateway, "log_max_age_days"], value: days },
  disable_spend_logs: {
    target: (gateway) => [...gateway, "collect_logs"],
    value: (value) => (typeof value === "boolean" ? !value : undefined),
  },
};

/** Sections in the order in which the first to set something wins: router_settings overrides litellm_settings. */
const sections = ["router_settings", "litellm_settings", "general_settings"] as const;

/** `router_settings`, `litellm_settings` and `general_settings`: what headgate.yaml has takes effect there, the rest is told. */
export function importSettings(draft: ImportDraft, root: SourceValue, place: ImportPlace): void {
  const gateway = ["accounts", place.account, "gateways", place.gateway];
  for (const section of sections) {
    const settings = memberOf(root, section);
    if (settings === null) continue;
    for (const [key, field] of membersOf(settings)) importSetting(draft, { key, field, settings, gateway });
  }
}

interface Setting {
  readonly key: string;
  readonly field: SourceValue;
  readonly settings: SourceValue;
  readonly gateway: TargetPath;
}

function importSetting(draft: ImportDraft, { key, field, settings, gateway }: Setting): void {
  const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
  if (field.value === null) nothingToDo(draft, field, "not set there");
  else if (rule !== undefined) applyRule(draft, field, { rule, gateway });
  else if (key === "master_key") importMasterKey(draft, field, gateway);
  else if (key === "cache") importCache(draft, { field, settings, gateway });
  else if (key.endsWith("callback") || key.endsWith("callbacks")) tellOfCallbacks(draft, field);
  else if (Object.hasOwn(settingTexts, key)) {
    const [outcome, text] = settingTexts[key] as (typeof settingTexts)[string];
    if (outcome === "by hand") byHand(draft, field, text);
    else if (outcome === "not mapped") notMapped(draft, field, text);
    else nothingToDo(draft, field, text);
  }
}

function applyRule(
  draft: ImportDraft,
  field: SourceValue,
  { rule, gateway }: { rule: SettingRule; gateway: TargetPath },
): void {
  const target = rule.target(gateway);
  const value = rule.value(field.value);
  if (value === undefined) notMapped(draft, field, "expected another kind of value");
  else putOnce(draft, field, { target, value });
}

/** Where there was a master key, every call needed a key. */
function importMasterKey(draft: ImportDraft, field: SourceValue, gateway: TargetPath): void {
  put(draft, field, { target: [...gateway, "authentication"], value: true });
  byHand(
    draft,
    field,
    "set HEADGATE_ADMIN_TOKEN to a token of your own for management; clients get tokens of the gateway",
  );
}

/** The cache's store is the gateway's own; only how long answers are kept carries over. */
function importCache(draft: ImportDraft, { field, settings, gateway }: Omit<Setting, "key">): void {
  const parameters = memberOf(settings, "cache_params");
  const ttl = parameters === null ? null : memberOf(parameters, "ttl");
  if (field.value !== true) nothingToDo(draft, field, "off there, and here unless set");
  else if (ttl === null || typeof ttl.value !== "number")
    notMapped(draft, field, "without a ttl; set `cache_ttl` by hand");
  else if (put(draft, ttl, { target: [...gateway, "cache_ttl"], value: Math.round(ttl.value) })) {
    mappedInto(draft, field, [...gateway, "cache_ttl"]);
  } else notMapped(draft, field, "nothing is cached without a lifetime that `cache_ttl` may have");
  for (const [key, parameter] of parameters === null ? [] : membersOf(parameters)) {
    if (key === "ttl" && field.value === true) continue;
    nothingToDo(draft, parameter, "the gateway needs no store of its own for answers");
  }
}

function tellOfCallbacks(draft: ImportDraft, field: SourceValue): void {
  const list = Array.isArray(field.value) ? (field.value as readonly unknown[]) : [field.value];
  for (const [index, name] of list.entries()) {
    const place = Array.isArray(field.value) ? { path: [...field.path, String(index)], value: name } : field;
    const text = typeof name === "string" && Object.hasOwn(callbackTexts, name) ? callbackTexts[name] : undefined;
    if (text === undefined)
      notMapped(
        draft,
        place,
        "callbacks of this kind are not part of this version; `otel` and `logpush` send logs elsewhere",
      );
    else byHand(draft, place, text);
  }
}

function ifNumber(value: unknown, make: (number: number) => number): number | undefined {
  return typeof value === "number" && value >= 0 ? make(value) : undefined;
}

function inMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}

/** `30d`, `12h`, `45m`, `90s` or seconds, as days. */
function days(value: unknown): number | undefined {
  const [, count, unit = "s"] = /^(\d+)([dhms]?)$/.exec(String(value)) ?? [];
  if (count === undefined) return undefined;
  const perDay: Readonly<Record<string, number>> = { d: 1, h: 24, m: 1440, s: 86_400, "": 86_400 };
  return Number(count) / (perDay[unit] ?? 86_400);
}

import type { KeyDeriver, KeyParts } from "../cache/derive-key.ts";
import type { CacheRule } from "../cache/cache-rule.ts";
import { canonicalJson } from "../cache/canonical-json.ts";
import { keyFields } from "../cache/key-fields.ts";
import { purgeNames } from "../cache/purge-names.ts";
import { DEFAULT_ALIAS } from "../core/stored-key.ts";
import { type AnswerForm, answerForm, type AskedForm } from "../dialects/forms/answer-form.ts";
import { originKey } from "../http1/origin.ts";
import type { CacheKey } from "../stores/ports/cache-store.ts";
import type { Admitted } from "./authenticate.ts";
import { hasOwnCredential } from "./has-own-credential.ts";
import type { Step } from "./step.ts";

/** A step whose answer may be cached. */
export type CachedStep = Step & { readonly body: Buffer };

/** How the answer is asked for, and the forms its protocol has. */
export interface RequestForm {
  readonly of: AnswerForm;
  readonly asked: AskedForm;
}

/** Under which names the answer of a step is looked up. */
export interface StepKeys {
  readonly key: CacheKey;
  /** Where the answer comes from (`originOf`). */
  readonly origin: string;
  /** The same in its other form, stream or whole; null where there is none. */
  readonly otherKey: (() => CacheKey) | null;
  readonly form: RequestForm | null;
  /** What questions alike are found by; null under a name of the client's own. */
  readonly alike: AlikeKeys | null;
  /** What has to be equal; null under a name of the client's own. */
  readonly parts: KeyParts | null;
}

/** What has to be the same for two questions to be compared. */
export interface AlikeKeys {
  /** The body as it counts, the question in it. */
  readonly body: Buffer;
  /** Names everything that counts, with `rest` in the place of the body. */
  partitionOf(rest: Buffer): CacheKey;
  /** Form the answer is asked for in. */
  readonly variant: string;
}

/** What decides on names besides the step itself. */
export interface KeyTerms {
  readonly keys: KeyDeriver;
  readonly admitted: Admitted;
  /** The rule that holds for the step; null for none. */
  readonly rule: CacheRule | null;
}

/** The tenant of answers that all gateways share whose rules say so. */
const EVERYBODY = { accountId: "", gatewayId: "", revision: "" };

/** The names of a step's answer (reference §3): of what the step sends, or the one its client gave. */
export function keysOf(step: CachedStep, { keys, admitted, rule }: KeyTerms): StepKeys {
  const { accountId, gatewayId, account } = admitted;
  const own = { accountId, gatewayId, revision: account.revisionOf("gateway", gatewayId) };
  const form = formOf(step);
  const origin = originOf(admitted, step);
  const tenant = rule?.scope === "shared" ? EVERYBODY : own;
  const name = step.cache.name;
  if (name !== null) return { key: keys.ofName(own, name), otherKey: null, origin, form, alike: null, parts: null };
  const isOwn = rule === null || rule.scope === "credential";
  const { kind, options } = form?.asked ?? { kind: null, options: "" };
  const variant = kind === null ? "" : `${kind} ${options}`;
  const parts: KeyParts = {
    tenant,
    provider: step.provider.slug,
    origin,
    method: step.method,
    ...partsOf(step, { form, rule }),
    alias: !isOwn || hasOwnCredential(step) ? "" : aliasOf(admitted, step),
    variant,
  };
  const other = kind === "stream" ? "json " : `stream ${form?.of.fullOptions}`;
  return {
    key: keys.ofRequest(parts),
    otherKey: kind === null ? null : () => keys.ofRequest({ ...parts, variant: other }),
    origin,
    form,
    alike: {
      body: parts.body,
      partitionOf: (rest) => keys.ofRequest({ ...parts, body: rest, variant: "alike" }),
      variant,
    },
    parts,
  };
}

/** What of a step counts, as a rule says it. */
function partsOf(
  { upstream, body: sent, provider: { provider }, log }: CachedStep,
  { form, rule }: { readonly form: RequestForm | null; readonly rule: CacheRule | null },
): Pick<KeyParts, "target" | "fields" | "body"> {
  const target = form?.asked.target ?? upstream.target;
  const body = form?.asked.body ?? sent;
  if (rule === null) return { target, fields: keyFields(upstream.headers), body };
  const credentials = rule.scope === "credential" ? [] : provider.credentialHeaders;
  const ignored = new Set([...rule.ignore_headers.map((name) => name.toLowerCase()), ...credentials]);
  const metadata = rule.include_metadata.map((name) => [
    "metadata",
    name,
    JSON.stringify(log.metadata?.[name] ?? null),
  ]);
  const isCanonical = rule.canonical || rule.ignore_body.length > 0;
  return {
    target: rule.scope === "credential" ? target : withoutParameters(target, provider.credentialQuery ?? []),
    fields: [...keyFields(upstream.headers).filter(([name = ""]) => !ignored.has(name)), ...metadata, ...shapeOf(rule)],
    body: (isCanonical ? canonicalJson(body, rule.ignore_body) : null) ?? body,
  };
}

/**
 * What of a rule has to be the same where others share its answers. Who ignores what others do not could otherwise put an answer in their
 * place that was asked for with more than they see of it.
 */
function shapeOf({ scope, canonical, ignore_body: body, ignore_headers: headers }: CacheRule): readonly string[][] {
  if (scope === "credential") return [];
  const names = headers.map((name) => name.toLowerCase()).toSorted();
  return [["rule", JSON.stringify([canonical || body.length > 0, body.toSorted(), names]), ""]];
}

function withoutParameters(target: string, names: readonly string[]): string {
  const [path = "", query] = target.split("?", 2);
  if (query === undefined) return target;
  const kept = query.split("&").filter((parameter) => !names.includes(parameter.split("=", 1)[0] as string));
  return kept.length === 0 ? path : `${path}?${kept.join("&")}`;
}

function formOf({ upstream, body }: CachedStep): RequestForm | null {
  const of = answerForm(upstream.dialect);
  const asked = of?.asked(upstream.target, body) ?? null;
  return of === null || asked === null ? null : { of, asked };
}

/** Under what the answer of a step can be purged. */
export function namesOf({ accountId, gatewayId }: Admitted, { cache, model, provider }: Step): string[] {
  const asked = model === null ? null : `${provider.slug}/${model}`;
  return purgeNames({ accountId, gatewayId, model: asked, key: cache.name, tags: cache.tags });
}

/** The stored keys of one alias count as one: whichever of them is taken, the answer is the same account's. */
function aliasOf({ account, gatewayId }: Admitted, { credential, provider }: Step): string {
  if (credential.alias !== null) return credential.alias;
  const stored = account.keysOf(gatewayId, provider.slug).find(({ isDefault }) => isDefault);
  return stored?.alias ?? DEFAULT_ALIAS;
}

/** Where an answer comes from: a provider that is moved or changed has other answers. */
function originOf({ account }: Admitted, { provider, upstream }: Step): string {
  return `${provider.slug} ${account.revisionOf("custom-provider", provider.slug)} ${originKey(upstream.origin)}`;
}

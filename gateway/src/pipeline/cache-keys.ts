import type { KeyDeriver } from "../cache/derive-key.ts";
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
type CachedStep = Step & { readonly body: Buffer };

/** How the answer is asked for, and the forms its protocol has. */
export interface RequestForm {
  readonly of: AnswerForm;
  readonly asked: AskedForm;
}

/** Under which names the answer of a step is looked up. */
export interface StepKeys {
  readonly key: CacheKey;
  /** The same in its other form, stream or whole; null where there is none. */
  readonly otherKey: (() => CacheKey) | null;
  readonly form: RequestForm | null;
}

/** The names of a step's answer (reference §3): of what the step sends, or the one its client gave. */
export function keysOf(keys: KeyDeriver, admitted: Admitted, step: CachedStep): StepKeys {
  const { accountId, gatewayId, account } = admitted;
  const tenant = { accountId, gatewayId, revision: account.revisionOf("gateway", gatewayId) };
  const form = formOf(step);
  if (step.cache.name !== null) return { key: keys.ofName(tenant, step.cache.name), otherKey: null, form };
  const ofVariant = (variant: string): CacheKey =>
    keys.ofRequest({
      tenant,
      provider: step.provider.slug,
      origin: originOf(admitted, step),
      method: step.method,
      target: form?.asked.target ?? step.upstream.target,
      alias: hasOwnCredential(step) ? "" : aliasOf(admitted, step),
      fields: keyFields(step.upstream.headers),
      body: form?.asked.body ?? step.body,
      variant,
    });
  if (form === null) return { key: ofVariant(""), otherKey: null, form };
  const { kind, options } = form.asked;
  const other = kind === "stream" ? "json " : `stream ${form.of.fullOptions}`;
  return { key: ofVariant(`${kind} ${options}`), otherKey: () => ofVariant(other), form };
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
export function originOf({ account }: Admitted, { provider, upstream }: Step): string {
  return `${provider.slug} ${account.revisionOf("custom-provider", provider.slug)} ${originKey(upstream.origin)}`;
}

import { byHand, type ImportDraft, nothingToDo, notMapped } from "../import-draft.ts";
import { isMapping, itemsOf, memberOf, type SourceValue, textOf } from "../import-source.ts";
import type { KeyPool } from "../key-pools.ts";
import { fieldOf, plainName } from "./portkey-field.ts";
import { targetKey } from "./target-key.ts";
import { targetProvider } from "./target-provider.ts";

/** A target as a step of a universal request. */
export interface TargetStep {
  readonly provider: string;
  readonly model: string;
  /** What the step's body holds besides. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly maxAttempts?: number;
  readonly requestTimeoutMs?: number;
  /** Keys it is sent with; null for those of the request. */
  readonly pool: KeyPool | null;
}

/** What a config comes to. */
export interface TargetGroup {
  readonly title: string;
  readonly steps: readonly TargetStep[];
  readonly pools: readonly KeyPool[];
}

const secretName = /(?:^|_)(?:key|secret|password|authorization|credentials?|access_token|headers|database_url)$/;

/** The targets of a config, those of nested strategies included, with their providers and keys; what strategies become is told. */
export function readTargets(draft: ImportDraft, config: SourceValue): readonly TargetGroup[] {
  const steps = stepsOf(draft, config);
  const name = textOf(memberOf(config, "name"));
  const title = name === null ? "In place of the config" : `In place of the config ${JSON.stringify(name)}`;
  const pools = [...new Set(steps.map(({ pool }) => pool))].filter((pool) => pool !== null);
  return steps.length === 0 ? [] : [{ title, steps, pools }];
}

function stepsOf(draft: ImportDraft, node: SourceValue): readonly TargetStep[] {
  const targets = fieldOf(node, "targets");
  if (targets === null) return targetStep(draft, node);
  const inner = itemsOf(targets).map((target) => stepsOf(draft, target));
  const strategy = fieldOf(node, "strategy");
  const mode = strategy === null ? null : fieldOf(strategy, "mode");
  const steps = inner.flat();
  switch (textOf(mode)) {
    case "loadbalance":
      return balanced(draft, { mode: mode as SourceValue, steps, targets });
    case "fallback":
      byHand(draft, mode as SourceValue, "clients send a universal request, whose steps follow one another");
      return steps;
    case "conditional":
      notMapped(
        draft,
        strategy as SourceValue,
        "conditions are not part of this version; clients choose among the steps",
      );
      return steps;
    case "single":
      nothingToDo(draft, mode as SourceValue, "the first target alone");
      return inner[0] ?? [];
    default:
      if (mode !== null) notMapped(draft, mode, "a strategy that is not known here");
      return steps;
  }
}

/** Targets that differ in nothing but the key share requests as a pool does; others cannot. */
function balanced(
  draft: ImportDraft,
  { mode, steps, targets }: { mode: SourceValue; steps: readonly TargetStep[]; targets: SourceValue },
): readonly TargetStep[] {
  const [first] = steps;
  const isPool =
    first !== undefined &&
    steps.length === itemsOf(targets).length &&
    steps.every(({ provider, model, parameters, pool }) => {
      const isAlike = provider === first.provider && model === first.model;
      return isAlike && pool !== null && JSON.stringify(parameters) === JSON.stringify(first.parameters);
    });
  if (!isPool) {
    notMapped(
      draft,
      mode,
      "requests are not shared among providers in this version; the steps below follow one another",
    );
    return steps;
  }
  nothingToDo(draft, mode, "keys of one alias share the requests by weight");
  const label = first.pool?.label as string;
  return [{ ...first, pool: { provider: first.provider, label, keys: steps.flatMap(({ pool }) => pool?.keys ?? []) } }];
}

function targetStep(draft: ImportDraft, target: SourceValue): readonly TargetStep[] {
  const provider = targetProvider(draft, target);
  const weight = fieldOf(target, "weight");
  if (provider === null) {
    for (const key of ["api_key", "virtual_key"]) {
      const field = fieldOf(target, key);
      if (field !== null) notMapped(draft, field, "its provider is not known here");
    }
    if (weight !== null) notMapped(draft, weight, "its provider is not known here");
    return [];
  }
  const keys = targetKey(draft, { target, provider, weight });
  if (weight !== null && keys.length === 0) notMapped(draft, weight, "weights are those of stored keys");
  const overrides = fieldOf(target, "override_params");
  const model = overrides === null ? null : textOf(memberOf(overrides, "model"));
  const retry = fieldOf(target, "retry");
  const attempts = retry === null ? null : fieldOf(retry, "attempts");
  const timeout = fieldOf(target, "request_timeout");
  const label = textOf(fieldOf(target, "virtual_key")) ?? textOf(fieldOf(target, "name")) ?? provider;
  return [
    {
      provider,
      model: model ?? "…",
      parameters: parametersOf(overrides),
      ...(typeof attempts?.value === "number"
        ? { maxAttempts: Math.min(Math.max(Math.floor(attempts.value), 0) + 1, 5) }
        : {}),
      ...(typeof timeout?.value === "number" ? { requestTimeoutMs: timeout.value } : {}),
      pool: keys.length === 0 ? null : { provider, label, keys },
    },
  ];
}

function parametersOf(overrides: SourceValue | null): Readonly<Record<string, unknown>> {
  if (overrides === null || !isMapping(overrides.value)) return {};
  const { model: _, ...parameters } = (withoutSecrets(overrides.value) ?? {}) as Readonly<Record<string, unknown>>;
  return parameters;
}

/** The value without what is named like a secret, at any depth. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isMapping(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !secretName.test(plainName(key)));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutSecrets(inner)]));
}

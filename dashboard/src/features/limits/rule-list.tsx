import { useState } from "react";
import { useMay } from "../../app/session.tsx";
import { Badge } from "../../components/ui/badge.tsx";
import { AddButton } from "../../components/ui/add-button.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Confirm } from "../../components/ui/confirm.tsx";
import { Failure } from "../../components/ui/failure.tsx";
import { Loading } from "../../components/ui/loading.tsx";
import { type Column, PlainTable } from "../../components/ui/plain-table.tsx";
import { formatCount, formatDuration, formatUsd } from "../../lib/format.ts";
import { isSplit, metricWords, type Rule, type RuleKind } from "./rule.ts";
import { useRuleChanges, useRules, useStanding } from "./rule-calls.ts";
import { RuleForm } from "./rule-form.tsx";
import { StandingBar } from "./standing-bar.tsx";

const words = {
  budget: { title: "Budgets", add: "Add budget", empty: "No budget is set: money is counted and nobody is refused." },
  limit: { title: "Limits", add: "Add limit", empty: "No limit is set beside those of the gateways." },
} as const;

/** The limits or the budgets of the account, and how they stand. */
export function RuleList({ kind }: { readonly kind: RuleKind }) {
  const may = useMay();
  const [edited, setEdited] = useState<Rule | "new" | null>(null);
  const [removed, setRemoved] = useState<Rule | null>(null);
  const { rules, error, refetch } = useRules(kind);
  const { remove } = useRuleChanges(kind);
  const { title, add, empty } = words[kind];
  const mayEdit = may(kind === "limit" ? "limits.edit" : "budgets.edit");
  return (
    <section aria-label={title}>
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold">{title}</h2>
        <AddButton isAllowed={mayEdit} label={add} onClick={() => setEdited("new")} />
      </div>
      {error === null ? null : <Failure error={error} retry={() => void refetch()} />}
      {error === null && rules === undefined ? <Loading /> : null}
      {rules === undefined ? null : (
        <PlainTable
          label={title}
          columns={[...columnsOf(kind), ...(mayEdit ? [actionsOf(setEdited, setRemoved)] : [])]}
          rows={rules}
          keyOf={({ id }) => id}
          empty={empty}
        />
      )}
      <RuleForm kind={kind} edited={edited} onClose={() => setEdited(null)} />
      <Confirm
        title={`Delete ${removed?.id ?? ""}?`}
        action={`Delete ${kind}`}
        isOpen={removed !== null}
        onClose={() => setRemoved(null)}
        onConfirm={() => remove(removed?.id ?? "")}
      >
        It holds nobody back any more, within a second, and what it has counted is forgotten.
      </Confirm>
    </section>
  );
}

function columnsOf(kind: RuleKind): readonly Column<Rule>[] {
  return [
    {
      title: "Name",
      cell: (rule) => (
        <>
          <span className="flex flex-wrap items-center gap-2 font-medium">
            <span className="whitespace-nowrap">{rule.id}</span>
            {rule.enabled ? null : <Badge kind="warn">off</Badge>}
            {rule.shadow === true || rule.hard === false ? <Badge>counts only</Badge> : null}
            {rule.managed_by === "file" ? <Badge>headgate.yaml</Badge> : null}
          </span>
          <span className="text-xs text-soft">{rule.description}</span>
        </>
      ),
    },
    { title: "At most", cell: (rule) => amountOf(rule) },
    { title: "For", isMinor: true, cell: (rule) => scopeOf(rule) },
    { title: "Stands at", cell: (rule) => <HowItStands kind={kind} rule={rule} /> },
  ];
}

function HowItStands({ kind, rule }: { readonly kind: RuleKind; readonly rule: Rule }) {
  const standing = useStanding(kind, rule, !isSplit(rule));
  if (isSplit(rule)) return <span className="text-xs text-soft">Split; ask below how it stands for one of them.</span>;
  return standing === undefined ? null : <StandingBar standing={standing} />;
}

function amountOf({ metric = "cost", limit, window, period }: Rule): string {
  const amount = metric === "cost" ? formatUsd(limit) : `${formatCount(limit)} ${metricWords[metric] ?? metric}`;
  if (period !== undefined) return `${amount} a ${period}`;
  return window === null || window === undefined ? amount : `${amount} in ${formatDuration(window * 1000)}`;
}

function scopeOf({ gateways, providers, models, metadata = {}, when, per = [], key = null }: Rule): string {
  const parts = [
    ...(gateways ? [`gateways ${gateways.join(", ")}`] : []),
    ...(providers ? [`providers ${providers.join(", ")}`] : []),
    ...(models ? [`models ${models.join(", ")}`] : []),
    ...Object.entries(metadata).map(([name, values]) => `${name} ${values.join(" or ")}`),
    ...(when ? [`when ${when}`] : []),
  ];
  const scope = parts.length === 0 ? "every request" : parts.join("; ");
  const split = [...per, ...(key === null ? [] : [`value of ${key}`])];
  return split.length === 0 ? scope : `${scope}, each ${split.join(" and ")} by itself`;
}

function actionsOf(edit: (rule: Rule) => void, remove: (rule: Rule) => void): Column<Rule> {
  return {
    title: "",
    align: "end",
    cell: (rule) =>
      rule.managed_by === "file" ? null : (
        <span className="inline-flex flex-wrap justify-end gap-2 sm:flex-nowrap">
          <Button onClick={() => edit(rule)} aria-label={`Change ${rule.id}`}>
            Change
          </Button>
          <Button kind="danger" onClick={() => remove(rule)} aria-label={`Delete ${rule.id}`}>
            Delete
          </Button>
        </span>
      ),
  };
}

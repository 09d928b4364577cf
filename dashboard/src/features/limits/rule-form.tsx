import { type FormEvent, useState } from "react";
import { createABudgetBody, createALimitBody } from "../../api/generated/bodies.ts";
import { useFaults } from "../../api/use-faults.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { FormButtons } from "../../components/ui/form-buttons.tsx";
import { NumberField } from "../../components/ui/number-field.tsx";
import { SelectField } from "../../components/ui/select-field.tsx";
import { SwitchField } from "../../components/ui/switch-field.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { ValuesField } from "../../components/ui/values-field.tsx";
import { memberFault } from "../../lib/value-fault.ts";
import { MetadataField } from "./metadata-field.tsx";
import type { MetadataValues } from "./metadata-lines.ts";
import { metricWords, type Rule, type RuleKind } from "./rule.ts";
import { useRuleChanges } from "./rule-calls.ts";

interface RuleFormProps {
  readonly kind: RuleKind;
  /** The rule to change, or `new`; null for closed. */
  readonly edited: Rule | "new" | null;
  readonly onClose: () => void;
}

/** Makes a limit or budget, or changes one. */
export function RuleForm({ kind, edited, onClose }: RuleFormProps) {
  return (
    <Dialog
      title={edited === "new" || edited === null ? `Add a ${kind}` : `Change ${edited.id}`}
      lead="It holds in every worker within a second."
      isOpen={edited !== null}
      onClose={onClose}
    >
      {edited === null ? null : <Form kind={kind} known={edited === "new" ? null : edited} onClose={onClose} />}
    </Dialog>
  );
}

/** What is being written; what no field shows stays as it was. */
type Draft = Readonly<Record<string, unknown>>;

const fresh: Readonly<Record<RuleKind, Draft>> = {
  budget: { id: "", enabled: true, limit: null, period: "month", hard: true },
  limit: { id: "", enabled: true, metric: "requests", limit: null, window: 60, shadow: false },
};

interface FieldsProps {
  readonly draft: Draft;
  readonly put: (part: Draft) => void;
  readonly fault: (name: string) => string | undefined;
}

function Form({
  kind,
  known,
  onClose,
}: {
  readonly kind: RuleKind;
  readonly known: Rule | null;
  readonly onClose: () => void;
}) {
  const [draft, setDraft] = useState<Draft>(known ?? fresh[kind]);
  const { create, update } = useRuleChanges(kind);
  const { faultOf, rest, attempt, isBusy } = useFaults();
  const schema = kind === "limit" ? createALimitBody : createABudgetBody;
  const put = (part: Draft) => setDraft({ ...draft, ...part });
  const fault = (name: string): string | undefined =>
    faultOf(`body.${name}`) ??
    (draft[name] === "" || draft[name] === null ? undefined : memberFault(schema, name, draft[name]));
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (await attempt(() => (known === null ? create(draft) : update(known.id, draft)))) onClose();
  };
  return (
    <form className="space-y-4" onSubmit={(event) => void submit(event)}>
      {known === null ? (
        <TextField
          label="Name"
          autoComplete="off"
          hint="Errors and headers name it. 1 to 64 letters, digits, _ and -."
          value={textOf(draft["id"])}
          onText={(id) => put({ id })}
          fault={fault("id")}
        />
      ) : null}
      <TextField
        label="Description"
        value={textOf(draft["description"])}
        onText={(description) => put({ description })}
        fault={fault("description")}
      />
      {kind === "limit" ? (
        <LimitFields draft={draft} put={put} fault={fault} />
      ) : (
        <BudgetFields draft={draft} put={put} fault={fault} />
      )}
      <ScopeFields draft={draft} put={put} fault={fault} />
      <SwitchField label="It holds" isOn={draft["enabled"] !== false} onSwitch={(enabled) => put({ enabled })} />
      {rest()}
      <FormButtons
        action={known === null ? `Add ${kind}` : "Save"}
        isDisabled={isBusy || draft["id"] === "" || typeof draft["limit"] !== "number"}
        onCancel={onClose}
      />
    </form>
  );
}

function BudgetFields({ draft, put, fault }: FieldsProps) {
  return (
    <>
      <NumberField
        label="US dollars"
        value={numberOf(draft["limit"])}
        onValue={(limit) => put({ limit })}
        fault={fault("limit")}
      />
      <SelectField
        label="A"
        value={textOf(draft["period"])}
        onChoose={(period) => put({ period })}
        choices={["hour", "day", "week", "month"].map((value) => ({ value, label: value }))}
        hint="By the calendar, in the time zone of the budget."
      />
      <SwitchField
        label="Refuse what does not fit"
        hint="Otherwise it is measured and told only."
        isOn={draft["hard"] !== false}
        onSwitch={(hard) => put({ hard })}
      />
      <SwitchField
        label="Only for API tokens that name it"
        hint="Otherwise it counts every request of which the conditions below hold."
        isOn={draft["tokens"] === "assigned"}
        onSwitch={(isAssigned) => put({ tokens: isAssigned ? "assigned" : "all" })}
      />
      <TextField
        label="Model asked instead when it is spent"
        hint="Of the same provider; empty to refuse."
        value={textOf(draft["fallback_model"])}
        onText={(model) => put({ fallback_model: model === "" ? null : model })}
        fault={fault("fallback_model")}
      />
    </>
  );
}

function LimitFields({ draft, put, fault }: FieldsProps) {
  const isAtOnce = draft["metric"] === "concurrent";
  return (
    <>
      <SelectField
        label="Of"
        value={textOf(draft["metric"])}
        onChoose={(metric) => put({ metric, window: metric === "concurrent" ? null : (draft["window"] ?? 60) })}
        choices={Object.entries(metricWords).map(([value, label]) => ({ value, label }))}
      />
      <NumberField
        label="At most"
        value={numberOf(draft["limit"])}
        onValue={(limit) => put({ limit })}
        fault={fault("limit")}
      />
      {isAtOnce ? null : (
        <NumberField
          label="In (seconds)"
          value={numberOf(draft["window"])}
          onValue={(window) => put({ window })}
          fault={fault("window")}
        />
      )}
      <SwitchField
        label="Count only"
        hint="It is told in a header, and nobody is refused."
        isOn={draft["shadow"] === true}
        onSwitch={(shadow) => put({ shadow })}
      />
    </>
  );
}

/** Which requests it counts, and by what it is split. */
function ScopeFields({ draft, put, fault }: FieldsProps) {
  const values = (name: string) => (Array.isArray(draft[name]) ? (draft[name] as readonly string[]) : []);
  const orNull = (name: string) => (chosen: readonly string[]) => put({ [name]: chosen.length === 0 ? null : chosen });
  return (
    <details className="rounded border border-line p-3">
      <summary className="cursor-pointer font-medium">Which requests count</summary>
      <div className="mt-3 space-y-4">
        <ValuesField label="Gateways" values={values("gateways")} onValues={orNull("gateways")} />
        <ValuesField label="Providers" values={values("providers")} onValues={orNull("providers")} />
        <ValuesField label="Models" values={values("models")} onValues={orNull("models")} />
        <TextField
          label="When (CEL)"
          hint="Over gateway, token, user, ip, provider, model, method, path and metadata; empty for always."
          spellCheck={false}
          value={textOf(draft["when"])}
          onText={(when) => put({ when: when === "" ? null : when })}
          fault={fault("when")}
        />
        <MetadataField
          values={(draft["metadata"] ?? {}) as MetadataValues}
          onValues={(metadata) => put({ metadata })}
          fault={fault("metadata")}
        />
        <ValuesField
          label="Each of these has it to itself"
          none="gateway, token, user, ip, provider, model, metadata.key; empty for one count"
          values={values("per")}
          onValues={(per) => put({ per })}
        />
        <TextField
          label="Or each value of this (CEL)"
          placeholder={'metadata["team"] + "/" + model'}
          hint="An expression over the same names; each text it gives has the rule to itself. Empty for none."
          spellCheck={false}
          value={textOf(draft["key"])}
          onText={(key) => put({ key: key === "" ? null : key })}
          fault={fault("key")}
        />
      </div>
    </details>
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function numberOf(value: unknown): number | string | null {
  return typeof value === "number" || typeof value === "string" ? value : null;
}

import { Plus, Trash2 } from "lucide-react";
import { Button } from "../../components/ui/button.tsx";
import { NumberField } from "../../components/ui/number-field.tsx";
import { SelectField } from "../../components/ui/select-field.tsx";
import { SwitchField } from "../../components/ui/switch-field.tsx";
import { isWindow, type SpendLimits, type SpendRule, windows } from "./spend-rules.ts";
import { ValuesField } from "../../components/ui/values-field.tsx";

interface SpendLimitsFieldsProps {
  readonly value: unknown;
  readonly onValue: (value: SpendLimits) => void;
  readonly fault: string | undefined;
  readonly isFixed: boolean;
}

/** How much may be spent in windows of time: every rule that fits a request has to be met. */
export function SpendLimitsFields({ value, onValue, fault, isFixed }: SpendLimitsFieldsProps) {
  const { enabled = false, rules = [] } = (value ?? {}) as Partial<SpendLimits>;
  const put = (next: readonly SpendRule[]) => onValue({ enabled: enabled || next.length > rules.length, rules: next });
  return (
    <>
      <SwitchField
        label="Hold to spend limits"
        hint="Requests beyond one are refused with status 429 until the window moves on."
        isOn={enabled}
        onSwitch={(isOn) => onValue({ enabled: isOn, rules })}
        disabled={isFixed}
      />
      {rules.map((rule, index) => (
        <RuleFields
          // oxlint-disable-next-line react/no-array-index-key -- new ones have no id, and none moves
          key={index}
          number={index + 1}
          rule={rule}
          isFixed={isFixed}
          onRule={(next) => put(rules.with(index, next))}
          onRemove={() => put(rules.toSpliced(index, 1))}
        />
      ))}
      {fault === undefined ? null : <p className="text-xs text-bad">{fault}</p>}
      {isFixed || rules.length >= 20 ? null : (
        <div>
          <Button onClick={() => put([...rules, { limit: 10, limitType: "cost", window: 86_400 }])}>
            <Plus size={14} aria-hidden /> Add spend limit
          </Button>
        </div>
      )}
    </>
  );
}

interface RuleFieldsProps {
  readonly number: number;
  readonly rule: SpendRule;
  readonly isFixed: boolean;
  readonly onRule: (rule: SpendRule) => void;
  readonly onRemove: () => void;
}

function RuleFields({ number, rule, isFixed, onRule, onRemove }: RuleFieldsProps) {
  const isCommon = isWindow(rule.window);
  return (
    <fieldset className="grid gap-3 rounded border border-line p-3" disabled={isFixed}>
      <legend className="px-1 text-sm font-medium">Spend limit {number}</legend>
      <NumberField
        label="US dollars"
        value={rule.limit}
        onValue={(limit) => onRule({ ...rule, limit })}
        fault={typeof rule.limit === "number" ? undefined : "Expected a number"}
      />
      <SelectField
        label="In"
        value={isCommon ? String(rule.window) : "other"}
        onChoose={(chosen) => onRule({ ...rule, window: chosen === "other" ? 1 : Number(chosen) })}
        choices={[...windows, { value: "other", label: "Another window" }]}
      />
      {isCommon ? null : (
        <NumberField label="Window (seconds)" value={rule.window} onValue={(window) => onRule({ ...rule, window })} />
      )}
      <SelectField
        label="Windows"
        value={rule.technique ?? "sliding"}
        onChoose={(chosen) => onRule({ ...rule, technique: chosen === "fixed" ? "fixed" : "sliding" })}
        choices={[
          { value: "sliding", label: "Slide along" },
          { value: "fixed", label: "Follow one another, aligned to the clock (UTC)" },
        ]}
      />
      <ValuesField
        label="Only these models"
        values={rule.model?.values}
        onValues={(model) => onRule(withFilter(rule, "model", model))}
      />
      <ValuesField
        label="Only these providers"
        values={rule.provider?.values}
        onValues={(provider) => onRule(withFilter(rule, "provider", provider))}
      />
      {rule.metadata === undefined ? null : (
        <p className="text-xs text-soft">
          It is bound to metadata as well, which stays: <code>{JSON.stringify(rule.metadata)}</code>
        </p>
      )}
      {isFixed ? null : (
        <div>
          <Button onClick={onRemove}>
            <Trash2 size={14} aria-hidden /> Remove spend limit {number}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

/** Without values there is no filter: an empty one would fit nothing. */
function withFilter(rule: SpendRule, name: "model" | "provider", values: readonly string[]): SpendRule {
  const { [name]: _, ...rest } = rule;
  return values.length === 0 ? rest : { ...rest, [name]: { mode: "filter", values } };
}

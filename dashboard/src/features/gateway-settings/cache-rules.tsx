import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { Button } from "../../components/ui/button.tsx";
import { NumberField } from "../../components/ui/number-field.tsx";
import { SelectField } from "../../components/ui/select-field.tsx";
import { SwitchField } from "../../components/ui/switch-field.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { ValuesField } from "../../components/ui/values-field.tsx";

type Scope = "credential" | "tenant" | "shared";

/** One rule of the cache. */
interface CacheRule {
  /** Condition in CEL; null for every request. */
  readonly when?: string | null;
  /** Seconds; text while it is being written. */
  readonly ttl?: number | string | null;
  readonly skip?: boolean;
  readonly ignore_body?: readonly string[];
  readonly ignore_headers?: readonly string[];
  readonly include_metadata?: readonly string[];
  readonly canonical?: boolean;
  readonly scope?: Scope;
}

interface CacheRulesProps {
  readonly value: unknown;
  readonly onValue: (value: readonly CacheRule[] | null) => void;
  readonly fault: string | undefined;
  readonly isFixed: boolean;
}

/** Rules of the cache in their order: the first that fits a request counts. */
export function CacheRules({ value, onValue, fault, isFixed }: CacheRulesProps) {
  const rules = Array.isArray(value) ? (value as readonly CacheRule[]) : [];
  const put = (next: readonly CacheRule[]) => onValue(next.length === 0 ? null : next);
  return (
    <>
      {rules.length === 0 ? (
        <p className="text-soft">There is no rule: what is set above counts for every request.</p>
      ) : null}
      {rules.map((rule, index) => (
        <RuleFields
          // oxlint-disable-next-line react/no-array-index-key -- they have no other name
          key={index}
          number={index + 1}
          isLast={index === rules.length - 1}
          rule={rule}
          isFixed={isFixed}
          onRule={(next) => put(rules.with(index, next))}
          onRemove={() => put(rules.toSpliced(index, 1))}
          onMove={(step) => put(rules.toSpliced(index, 1).toSpliced(index + step, 0, rule))}
        />
      ))}
      {fault === undefined ? null : <p className="text-xs text-bad">{fault}</p>}
      {isFixed || rules.length >= 100 ? null : (
        <div>
          <Button onClick={() => put([...rules, { when: null, ttl: null }])}>
            <Plus size={14} aria-hidden /> Add cache rule
          </Button>
        </div>
      )}
    </>
  );
}

interface RuleFieldsProps {
  readonly number: number;
  readonly isLast: boolean;
  readonly rule: CacheRule;
  readonly isFixed: boolean;
  readonly onRule: (rule: CacheRule) => void;
  readonly onRemove: () => void;
  /** @param step -1 for up, 1 for down. */
  readonly onMove: (step: -1 | 1) => void;
}

const scopes = [
  { value: "credential", label: "Requests with the same credential" },
  { value: "tenant", label: "Everybody of this gateway" },
  { value: "shared", label: "Every gateway whose rule says so" },
];

function RuleFields({ number, isLast, rule, isFixed, onRule, onRemove, onMove }: RuleFieldsProps) {
  return (
    <fieldset className="grid gap-3 rounded border border-line p-3" disabled={isFixed}>
      <legend className="px-1 text-sm font-medium">Cache rule {number}</legend>
      <TextField
        label="When (CEL)"
        hint="Over gateway, provider, model, path, user, metadata, headers and body; empty for every request."
        placeholder={'model.startsWith("embed")'}
        spellCheck={false}
        value={rule.when ?? ""}
        onText={(when) => onRule({ ...rule, when: when === "" ? null : when })}
      />
      <SwitchField
        label="Do not cache"
        isOn={rule.skip === true}
        onSwitch={(skip) => onRule({ ...rule, skip })}
        disabled={isFixed}
      />
      {rule.skip === true ? null : <Sharing rule={rule} isFixed={isFixed} onRule={onRule} />}
      {isFixed ? null : (
        <div className="flex flex-wrap gap-2">
          <Button aria-label={`Move cache rule ${number} up`} disabled={number === 1} onClick={() => onMove(-1)}>
            <ArrowUp size={14} aria-hidden />
          </Button>
          <Button aria-label={`Move cache rule ${number} down`} disabled={isLast} onClick={() => onMove(1)}>
            <ArrowDown size={14} aria-hidden />
          </Button>
          <Button onClick={onRemove}>
            <Trash2 size={14} aria-hidden /> Remove cache rule {number}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

type SharingProps = Pick<RuleFieldsProps, "rule" | "isFixed" | "onRule">;

/** How long, what counts as equal, and who shares. */
function Sharing({ rule, isFixed, onRule }: SharingProps) {
  return (
    <>
      <NumberField
        label="Answers are kept (seconds)"
        hint="60 to 2,592,000; empty for as long as the gateway says."
        value={rule.ttl ?? null}
        onValue={(ttl) => onRule({ ...rule, ttl })}
      />
      <SelectField
        label="Shared by"
        value={rule.scope ?? "credential"}
        onChoose={(scope) => onRule({ ...rule, scope: scope as Scope })}
        choices={scopes}
      />
      <SwitchField
        label="Compare JSON by what it says"
        hint="Spaces and the order of members make no difference."
        isOn={rule.canonical === true}
        onSwitch={(canonical) => onRule({ ...rule, canonical })}
        disabled={isFixed}
      />
      <ValuesField
        label="Members of the body that do not count"
        none="empty for none"
        values={rule.ignore_body}
        onValues={(names) => onRule({ ...rule, ignore_body: names })}
      />
      <ValuesField
        label="Headers that do not count"
        none="empty for none"
        values={rule.ignore_headers}
        onValues={(names) => onRule({ ...rule, ignore_headers: names })}
      />
      <ValuesField
        label="Keys of metadata that count"
        none="empty for none"
        values={rule.include_metadata}
        onValues={(names) => onRule({ ...rule, include_metadata: names })}
      />
    </>
  );
}

import { changeAGatewayBody } from "../../api/generated/bodies.ts";
import { NumberField } from "../../components/ui/number-field.tsx";
import { SelectField } from "../../components/ui/select-field.tsx";
import { SwitchField } from "../../components/ui/switch-field.tsx";
import { TextAreaField } from "../../components/ui/text-area-field.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import type { ValueSchema } from "../../lib/value-fault.ts";
import type { Setting } from "./setting-groups.ts";

interface SettingControlProps {
  readonly setting: Setting;
  readonly value: unknown;
  readonly onValue: (value: unknown) => void;
  readonly fault: string | undefined;
  readonly isFixed: boolean;
}

/** The control that fits a setting, by what the API says of its values. */
export function SettingControl({ setting, value, onValue, fault, isFixed }: SettingControlProps) {
  const { name, unit, words, isLong = false } = setting;
  const schema = plainSchema(changeAGatewayBody.properties?.[name]);
  const shared = {
    label: unit === undefined ? setting.label : `${setting.label} (${unit})`,
    hint: setting.hint,
    fault,
    disabled: isFixed,
  };
  if (schema.type === "boolean") return <SwitchField {...shared} isOn={value === true} onSwitch={onValue} />;
  if (schema.enum !== undefined) {
    const choices = ["", ...schema.enum.map(String)].map((each) => ({ value: each, label: words?.[each] ?? each }));
    return (
      <SelectField
        {...shared}
        value={typeof value === "string" ? value : ""}
        onChoose={(chosen) => onValue(chosen === "" ? null : chosen)}
        choices={choices}
      />
    );
  }
  if (schema.type === "integer" || schema.type === "number") {
    return <NumberField {...shared} value={value as number | string | null} onValue={onValue} />;
  }
  const text = {
    value: typeof value === "string" ? value : "",
    onText: (given: string) => onValue(given === "" ? null : given),
  };
  return isLong ? (
    <TextAreaField {...shared} {...text} rows={5} />
  ) : (
    <TextField {...shared} {...text} hint={setting.hint ?? ""} />
  );
}

/** Without the choice of null. */
function plainSchema(schema: ValueSchema = {}): ValueSchema {
  return schema.anyOf?.find(({ type }) => type !== "null") ?? schema;
}

import { type FormEvent, useState } from "react";
import { createACustomProviderBody } from "../../api/generated/bodies.ts";
import type { CustomProvider } from "../../api/generated/operations.ts";
import { useChange } from "../../api/use-api.ts";
import { useFaults } from "../../api/use-faults.tsx";
import { useAccount } from "../../app/account.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { FormButtons } from "../../components/ui/form-buttons.tsx";
import { SelectField } from "../../components/ui/select-field.tsx";
import { SwitchField } from "../../components/ui/switch-field.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { memberFault } from "../../lib/value-fault.ts";

interface ProviderFormProps {
  /** The provider to change, or `new`; null for closed. */
  readonly edited: CustomProvider | "new" | null;
  readonly onClose: () => void;
}

/** Makes a provider of one's own or changes one. */
export function ProviderForm({ edited, onClose }: ProviderFormProps) {
  return (
    <Dialog
      title={edited === "new" || edited === null ? "Add a provider" : `Change ${edited.name}`}
      isOpen={edited !== null}
      onClose={onClose}
    >
      {edited === null ? null : <Form known={edited === "new" ? null : edited} onClose={onClose} />}
    </Dialog>
  );
}

const dialects = (createACustomProviderBody.properties?.["dialect"]?.enum ?? []).map((value) => ({
  value: String(value),
  label: value === "opaque" ? "opaque: bytes pass through, usage is not read" : String(value),
}));

function Form({ known, onClose }: { readonly known: CustomProvider | null; readonly onClose: () => void }) {
  const [draft, setDraft] = useState(() => ({
    name: known?.name ?? "",
    slug: known?.slug ?? "",
    base_url: known?.base_url ?? "https://",
    dialect: known?.dialect ?? "openai-chat",
    description: known?.description ?? "",
    enable: known?.enable ?? true,
  }));
  const save = useSave(known);
  const { faultOf, rest, attempt, isBusy } = useFaults();
  const put = (part: Partial<typeof draft>) => setDraft({ ...draft, ...part });
  const fault = (name: keyof typeof draft): string | undefined => {
    const isUntouched = draft[name] === "" || draft[name] === "https://";
    return (
      faultOf(`body.${name}`) ?? (isUntouched ? undefined : memberFault(createACustomProviderBody, name, draft[name]))
    );
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (await attempt(() => save({ ...draft, description: draft.description === "" ? null : draft.description })))
      onClose();
  };
  return (
    <form className="space-y-4" onSubmit={(event) => void submit(event)}>
      <TextField
        label="Name"
        autoComplete="off"
        value={draft.name}
        onText={(name) => put({ name })}
        fault={fault("name")}
      />
      {known === null ? (
        <TextField
          label="Slug"
          autoComplete="off"
          hint={`Requests say custom-${draft.slug === "" ? "slug" : draft.slug}. It cannot be changed later.`}
          value={draft.slug}
          onText={(slug) => put({ slug })}
          fault={fault("slug")}
        />
      ) : null}
      <TextField
        label="Base URL"
        type="url"
        autoComplete="off"
        hint="Paths of requests are put after it. It has to be https and public unless headgate.yaml allows more."
        value={draft.base_url}
        onText={(url) => put({ base_url: url })}
        fault={fault("base_url")}
      />
      <SelectField
        label="Dialect"
        hint="Wire format of its answers, for usage, cost and the ends of streams."
        value={draft.dialect}
        onChoose={(dialect) => put({ dialect })}
        choices={dialects}
      />
      <TextField
        label="Description"
        value={draft.description}
        onText={(description) => put({ description })}
        fault={fault("description")}
      />
      <SwitchField
        label="Enabled"
        hint="Requests reach it only then."
        isOn={draft.enable}
        onSwitch={(enable) => put({ enable })}
      />
      {rest()}
      <FormButtons
        action={known === null ? "Add provider" : "Save"}
        isDisabled={isBusy || draft.name.trim() === "" || draft.slug === ""}
        onCancel={onClose}
      />
    </form>
  );
}

/** How a draft becomes a provider. */
function useSave(known: CustomProvider | null) {
  const { accountId } = useAccount();
  const change = useChange();
  const path = { account_id: accountId };
  return (draft: Readonly<Record<string, unknown>>) => {
    if (known === null) {
      return change("POST /client/v4/accounts/{account_id}/ai-gateway/custom-providers", {
        path,
        body: draft as never,
      });
    }
    const { slug: _, ...body } = draft;
    return change("PATCH /client/v4/accounts/{account_id}/ai-gateway/custom-providers/{provider_id}", {
      path: { ...path, provider_id: known.id },
      body: body as never,
    });
  };
}

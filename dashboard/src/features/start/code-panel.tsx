import { useMemo, useState } from "react";
import { SelectField } from "../../components/ui/select-field.tsx";
import { CopyButton } from "../../components/ui/copy-button.tsx";
import { codeSamples, type SamplePlace } from "./code-samples.ts";

/** Code for a first request, with this server's address in it. */
export function CodePanel(place: SamplePlace) {
  const samples = useMemo(() => codeSamples(place), [place]);
  const [client, setClient] = useState("curl");
  const [language, setLanguage] = useState("TypeScript");
  const clients = [...new Set(samples.map((each) => each.client))];
  const ofClient = samples.filter((each) => each.client === client);
  const sample = ofClient.find((each) => each.language === language) ?? ofClient[0];
  return (
    <div className="rounded border border-line bg-panel">
      <div className="flex flex-wrap items-end gap-2 border-b border-line p-2">
        <SelectField
          label="Client"
          isLabelHidden
          value={client}
          choices={clients.map((each) => ({ value: each, label: each }))}
          onChoose={setClient}
        />
        {ofClient.length < 2 ? null : (
          <SelectField
            label="Language"
            isLabelHidden
            value={sample?.language ?? ""}
            choices={ofClient.map((each) => ({ value: each.language, label: each.language }))}
            onChoose={setLanguage}
          />
        )}
        <div className="ml-auto">
          <CopyButton text={() => sample?.code ?? ""} />
        </div>
      </div>
      <pre
        role="region"
        aria-label="Code"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reached by keyboard
        tabIndex={0}
        className="overflow-x-auto p-3 font-mono text-xs"
      >
        {sample?.code}
      </pre>
    </div>
  );
}

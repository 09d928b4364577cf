import { useState } from "react";
import type { Gateway } from "../../api/generated/operations.ts";
import { useMay } from "../../app/session.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { Notices } from "../../components/ui/notices.tsx";
import { CacheRules } from "./cache-rules.tsx";
import { DeleteGateway } from "./delete-gateway.tsx";
import { Exporters } from "./exporters.tsx";
import { PurgeCache } from "./purge-cache.tsx";
import { ReviewChanges } from "./review-changes.tsx";
import { SaveBar } from "./save-bar.tsx";
import { SettingControl } from "./setting-control.tsx";
import { settingGroups } from "./setting-groups.ts";
import { SettingsSection } from "./settings-section.tsx";
import { SpendLimitsFields } from "./spend-limits.tsx";
import { useGateway } from "./use-gateway.ts";
import { useSettingsDraft } from "./use-settings-draft.ts";

/** Every setting of a gateway: changed in place, looked over, saved together. */
export function SettingsPage() {
  const gateway = useGateway();
  const may = useMay();
  return (
    <Answered query={gateway}>
      {({ result }) => {
        const isFixed = result.managed_by === "file" || !may("gateways.edit");
        return (
          <div className="space-y-4 pb-20">
            <SettingsForm key={result.id} gateway={result} isFixed={isFixed} />
            {may("cache.purge") ? <PurgeCache /> : null}
            {isFixed ? null : <DeleteGateway gateway={result} />}
          </div>
        );
      }}
    </Answered>
  );
}

function SettingsForm({ gateway, isFixed }: { readonly gateway: Gateway; readonly isFixed: boolean }) {
  const [isReviewing, setReviewing] = useState(false);
  const draft = useSettingsDraft(gateway);
  const { valueOf, put, faultAt, changes, isFaulty } = draft;
  const field = <Name extends keyof Gateway>(name: Name) => {
    return { value: valueOf(name), onValue: put(name), fault: faultAt(name), isFixed };
  };
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (changes.length > 0 && !isFaulty) setReviewing(true);
      }}
    >
      <Notices texts={draft.notices} />
      {settingGroups.map(({ id, title, lead, settings }) => (
        <SettingsSection key={id} id={id} title={title} lead={lead}>
          {settings.map((setting) => (
            <SettingControl key={setting.name} setting={setting} {...field(setting.name)} />
          ))}
        </SettingsSection>
      ))}
      <SettingsSection
        id="cache-rules"
        title="Cache rules"
        lead="What is cached, for how long, what counts as equal and who shares it. The first that fits a request counts."
      >
        <CacheRules {...field("cache_rules")} />
      </SettingsSection>
      <SettingsSection
        id="spend-limits"
        title="Spend limits"
        lead="How much this gateway may spend in a window of time."
      >
        <SpendLimitsFields {...field("spend_limits")} />
      </SettingsSection>
      <SettingsSection
        id="exporters"
        title="Exporters"
        lead="Collectors (OTLP over HTTP) that get a span of each request."
      >
        <Exporters {...field("otel")} />
      </SettingsSection>
      {draft.rest()}
      {changes.length === 0 ? null : <SaveBar count={changes.length} isFaulty={isFaulty} onDiscard={draft.discard} />}
      <ReviewChanges
        changes={changes}
        isOpen={isReviewing}
        isBusy={draft.isBusy}
        onClose={() => setReviewing(false)}
        onSave={() => void draft.save().then(() => setReviewing(false))}
      />
    </form>
  );
}

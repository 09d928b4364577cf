import type { ReactNode } from "react";

interface SettingsSectionProps {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly isDanger?: boolean;
  readonly children: ReactNode;
}

/** Settings that belong together, with what they are for beside them. */
export function SettingsSection({ id, title, lead, isDanger = false, children }: SettingsSectionProps) {
  return (
    <section
      aria-labelledby={`${id}-title`}
      className={`grid gap-4 rounded border bg-panel p-4 lg:grid-cols-[16rem_1fr] ${isDanger ? "border-bad" : "border-line"}`}
    >
      <div>
        <h2 id={`${id}-title`} className="font-semibold">
          {title}
        </h2>
        <p className="text-sm text-soft">{lead}</p>
      </div>
      <div className="grid max-w-2xl content-start gap-4">{children}</div>
    </section>
  );
}

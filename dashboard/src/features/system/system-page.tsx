import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { callApi } from "../../api/call-api.ts";
import { useMay } from "../../app/session.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { Page } from "../../components/ui/page.tsx";
import { type Finding, readinessFindings, systemFindings, workerFindings } from "./findings.ts";
import { askReadiness } from "./readiness.ts";

const EVERY_MS = 5000;

/** How the installation is, in words; looked at every five seconds. */
export function SystemPage() {
  const may = useMay();
  const readiness = useQuery({
    queryKey: ["readiness"],
    queryFn: ({ signal }) => askReadiness(signal),
    refetchInterval: EVERY_MS,
  });
  const state = useQuery({
    queryKey: ["GET /api/system"],
    queryFn: ({ signal }) => callApi("GET /api/system", { signal }),
    refetchInterval: EVERY_MS,
    enabled: may("system.read", "everywhere"),
  });
  return (
    <Page
      title="System"
      lead="How processes, settings, journals and what logs are sent to are doing. Counts are since the start."
    >
      <div className="max-w-3xl space-y-6">
        <Answered query={readiness}>
          {(answer) => <Findings title="Processes and settings" findings={readinessFindings(answer)} />}
        </Answered>
        {may("system.read", "everywhere") ? (
          <Answered query={state}>
            {({ result }) => (
              <>
                <Findings title="Workers" findings={workerFindings(result)} />
                <Findings title="Records" findings={systemFindings(result)} />
              </>
            )}
          </Answered>
        ) : null}
      </div>
    </Page>
  );
}

const looks = {
  good: { icon: CircleCheck, color: "text-good", word: "Well" },
  warn: { icon: TriangleAlert, color: "text-warn", word: "Look at this" },
  bad: { icon: CircleAlert, color: "text-bad", word: "Not well" },
} as const;

function Findings({ title, findings }: { readonly title: string; readonly findings: readonly Finding[] }) {
  return (
    <section aria-label={title}>
      <h2 className="mb-2 font-semibold">{title}</h2>
      <ul className="divide-y divide-line rounded border border-line bg-panel">
        {findings.map((finding) => {
          const { icon: Icon, color, word } = looks[finding.kind];
          return (
            <li key={finding.title} className="flex gap-3 p-3">
              <Icon size={18} className={`mt-0.5 shrink-0 ${color}`} aria-label={word} role="img" />
              <div className="min-w-0">
                <p className="font-medium break-words">{finding.title}</p>
                <p className="break-words text-soft">{finding.text}</p>
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

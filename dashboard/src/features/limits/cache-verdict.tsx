import type { Operations } from "../../api/generated/operations.ts";
import { Badge } from "../../components/ui/badge.tsx";

type Verdict = NonNullable<Operations["POST /api/accounts/{account_id}/dry-run"]["result"]["cache"]>;

const outcomes: Readonly<Record<Verdict["outcome"], string>> = {
  hit: "Its answer would come from the cache.",
  miss: "The provider would be asked, and its answer cached.",
  refreshed: "The provider would be asked, and its answer would take the place of a cached one.",
  not_cached: "Its answer would not be cached.",
  refused: "The gateway would not take it.",
};

/** What the cache would do with a request: the outcome, the rules in their order, and what has to be equal. */
export function CacheVerdict({ verdict: { outcome, reason, rules, entry } }: { readonly verdict: Verdict }) {
  return (
    <div className="space-y-2">
      <p>
        {outcomes[outcome]} <span className="text-soft">{reason}</span>
      </p>
      {rules.length === 0 ? null : (
        <ol className="divide-y divide-line rounded border border-line bg-panel">
          {rules.map(({ rule, when, verdict, because }) => (
            <li key={rule} className="flex flex-wrap items-center gap-2 p-3">
              <span className="font-medium">Cache rule {rule}</span>
              {verdict === "decides" ? <Badge kind="good">decides</Badge> : null}
              <code className="break-all">{when ?? "for every request"}</code>
              {because === null ? null : <span className="text-soft">{because}</span>}
              {verdict === "not_reached" ? <span className="text-soft">an earlier rule decided</span> : null}
            </li>
          ))}
        </ol>
      )}
      {entry === null ? null : <Entry entry={entry} />}
    </div>
  );
}

function Entry({ entry }: { readonly entry: NonNullable<Verdict["entry"]> }) {
  const { ttl_seconds: ttl, scope, key, custom_key: name, parts, stored, age_seconds: age } = entry;
  const rows: readonly (readonly [string, string])[] = [
    ["Lifetime", `${ttl} s`],
    [
      "Shared by",
      scope === "credential"
        ? "requests with the same credential"
        : scope === "tenant"
          ? "the gateway"
          : "all gateways whose rule says shared",
    ],
    ["Stored now", age === null ? stored : `${stored}, ${age} s old`],
    ["Key", name ?? key],
    ...(parts === null
      ? []
      : ([
          [
            "Has to be equal",
            `${parts.method} ${parts.target}, ${parts.body_bytes} bytes of body compared as ${parts.body}`,
          ],
          ["Header fields", parts.headers.join(", ")],
          ["Ignored members", parts.ignored_body.join(", ") || "none"],
        ] as const)),
  ];
  return (
    <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[10rem_1fr]">
      {rows.map(([label, value]) => (
        <div key={label} className="contents">
          <dt className="text-soft">{label}</dt>
          <dd className="break-all">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

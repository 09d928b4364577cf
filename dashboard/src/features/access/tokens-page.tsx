import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { Token } from "../../api/generated/operations.ts";
import { useMay } from "../../app/session.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { Badge } from "../../components/ui/badge.tsx";
import { AddButton } from "../../components/ui/add-button.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Confirm } from "../../components/ui/confirm.tsx";
import { Page } from "../../components/ui/page.tsx";
import { Pager } from "../../components/ui/pager.tsx";
import { type Column, PlainTable } from "../../components/ui/plain-table.tsx";
import { SelectField } from "../../components/ui/select-field.tsx";
import { formatTime } from "../../lib/format.ts";
import { ShownOnce } from "./shown-once.tsx";
import { TokenForm } from "./token-form.tsx";
import { type TokenScope, useTokenHome, useTokens } from "./token-home.ts";

const route = getRouteApi("/shell/ui/tokens");
const PER_PAGE = 20;

interface Asked {
  readonly verb: "edit" | "roll" | "revoke";
  readonly token: Token;
}

/** API tokens: made, changed, rolled, revoked. */
export function TokensPage() {
  const { page = 1, scope = "account" } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const [asked, setAsked] = useState<Asked | "new" | null>(null);
  const tokens = useTokens(scope, { page, per_page: PER_PAGE });
  const mayEdit = may("tokens.edit", scope === "all" ? "everywhere" : "here");
  return (
    <Page
      title="API tokens"
      lead="For applications and scripts: what they may do, where and how long."
      actions={<AddButton isAllowed={mayEdit} label="Create token" onClick={() => setAsked("new")} />}
    >
      {may("tokens.read", "everywhere") ? (
        <SelectField
          label="Tokens of"
          className="mb-3 max-w-xs"
          value={scope}
          onChoose={(next) => void navigate({ search: next === "all" ? { scope: "all" } : {} })}
          choices={[
            { value: "account", label: "This account" },
            { value: "all", label: "All accounts" },
          ]}
        />
      ) : null}
      <Answered query={tokens}>
        {({ result, info }) => (
          <>
            <PlainTable
              label="API tokens"
              columns={[...columns, ...(mayEdit ? [actionsOf(setAsked)] : [])]}
              rows={result}
              keyOf={({ id }) => id}
              empty="There is no token yet. An application needs one as soon as its gateway asks for it."
            />
            <Pager
              page={page}
              perPage={PER_PAGE}
              total={info?.total_count ?? 0}
              onPage={(next) => void navigate({ search: (before) => ({ ...before, page: next }) })}
            />
          </>
        )}
      </Answered>
      <Questions asked={asked} scope={scope} onClose={() => setAsked(null)} />
    </Page>
  );
}

interface QuestionsProps {
  readonly asked: Asked | "new" | null;
  readonly scope: TokenScope;
  readonly onClose: () => void;
}

/** The windows in which tokens are made, changed, rolled and revoked. */
function Questions({ asked, scope, onClose }: QuestionsProps) {
  const [text, setText] = useState<string | null>(null);
  const home = useTokenHome(scope);
  const chosen = asked === "new" || asked === null ? null : asked.token;
  const isAsked = (verb: Asked["verb"]): boolean => asked !== null && asked !== "new" && asked.verb === verb;
  return (
    <>
      <TokenForm
        scope={scope}
        edited={asked === "new" ? "new" : isAsked("edit") ? chosen : null}
        onClose={onClose}
        onMade={setText}
      />
      <Confirm
        title={`Roll ${chosen?.name ?? ""}?`}
        action="Roll token"
        isOpen={isAsked("roll")}
        onClose={onClose}
        onConfirm={async () => setText(chosen === null ? null : await home.roll(chosen))}
      >
        It gets another text. The one there is counts no more, at once.
      </Confirm>
      <Confirm
        title={`Revoke ${chosen?.name ?? ""}?`}
        action="Revoke token"
        isOpen={isAsked("revoke")}
        onClose={onClose}
        onConfirm={async () => {
          if (chosen !== null) await home.revoke(chosen);
        }}
      >
        Whoever uses it is refused within a second. This cannot be undone.
      </Confirm>
      <ShownOnce text={text} onClose={() => setText(null)} />
    </>
  );
}

const statusKinds = { active: "good", disabled: "warn", expired: "bad" } as const;

const columns: readonly Column<Token>[] = [
  {
    title: "Name",
    cell: ({ name, prefix, last_four: end }) => (
      <>
        <span className="block font-medium break-words">{name}</span>
        <code className="text-xs text-soft">
          {prefix}…{end}
        </code>
      </>
    ),
  },
  { title: "Status", cell: ({ status }) => <Badge kind={statusKinds[status]}>{status}</Badge> },
  {
    title: "May",
    isMinor: true,
    cell: ({ policies }) => policies.flatMap((policy) => policy.permission_groups.map(({ name }) => name)).join(", "),
  },
  { title: "Bound to", isMinor: true, cell: (token) => boundsOf(token) },
  { title: "Made", isMinor: true, cell: ({ issued_on: made }) => formatTime(made) },
  {
    title: "Expires",
    isMinor: true,
    cell: ({ expires_on: expires }) => (expires === undefined ? "never" : formatTime(expires)),
  },
];

function boundsOf({ gateway_ids: gateways, models, condition }: Token): string {
  const bounds = [
    ...(gateways === null ? [] : [`gateways ${gateways.join(", ")}`]),
    ...(models === null ? [] : [`models ${models.join(", ")}`]),
    ...(condition === undefined ? [] : ["some addresses"]),
  ];
  return bounds.length === 0 ? "nothing" : bounds.join("; ");
}

function actionsOf(ask: (asked: Asked) => void): Column<Token> {
  return {
    title: "",
    align: "end",
    cell: (token) => (
      <span className="inline-flex flex-wrap justify-end gap-2 sm:flex-nowrap">
        <Button onClick={() => ask({ verb: "edit", token })} aria-label={`Change ${token.name}`}>
          Change
        </Button>
        <Button onClick={() => ask({ verb: "roll", token })} aria-label={`Roll ${token.name}`}>
          Roll
        </Button>
        <Button kind="danger" onClick={() => ask({ verb: "revoke", token })} aria-label={`Revoke ${token.name}`}>
          Revoke
        </Button>
      </span>
    ),
  };
}

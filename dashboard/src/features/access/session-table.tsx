import { useState } from "react";
import type { OpenSession } from "../../api/generated/operations.ts";
import { Badge } from "../../components/ui/badge.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Confirm } from "../../components/ui/confirm.tsx";
import { type Column, PlainTable } from "../../components/ui/plain-table.tsx";
import { formatShortTime, NOTHING } from "../../lib/format.ts";

interface SessionTableProps {
  readonly label: string;
  readonly sessions: readonly OpenSession[];
  /** Whether it is told whose a session is. */
  readonly withPerson: boolean;
  /** Signs out there; nobody may when absent. */
  readonly onEnd?: ((session: OpenSession) => Promise<unknown>) | undefined;
}

/** Where people are signed in, with a button that signs them out there. */
export function SessionTable({ label, sessions, withPerson, onEnd }: SessionTableProps) {
  const [asked, setAsked] = useState<OpenSession | null>(null);
  return (
    <>
      <PlainTable
        label={label}
        columns={[
          ...(withPerson ? [person] : []),
          ...columns,
          ...(onEnd === undefined ? [] : [actionOf(setAsked, withPerson)]),
        ]}
        rows={sessions}
        keyOf={({ id }) => id}
        empty="Nobody is signed in with a password or at the identity provider."
      />
      <Confirm
        title={`Sign ${asked?.email ?? "them"} out there?`}
        action="Sign out there"
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        onConfirm={async () => {
          if (asked !== null) await onEnd?.(asked);
        }}
      >
        The browser at {asked?.ip ?? "that address"} has to sign in again. Other sessions stay.
      </Confirm>
    </>
  );
}

const person: Column<OpenSession> = {
  title: "Person",
  cell: ({ email }) => <span className="font-medium [overflow-wrap:anywhere]">{email ?? "not there any more"}</span>,
};

const columns: readonly Column<OpenSession>[] = [
  {
    title: "Browser",
    cell: ({ user_agent: agent, is_current: isCurrent }) => (
      <span className="flex flex-wrap items-center gap-2">
        <bdi className="[overflow-wrap:anywhere]">{browserOf(agent)}</bdi>
        {isCurrent ? <Badge kind="good">this one</Badge> : null}
      </span>
    ),
  },
  { title: "From", cell: ({ ip }) => ip ?? NOTHING },
  { title: "Last used", cell: ({ used_at: used }) => formatShortTime(used) },
  { title: "Since", isMinor: true, cell: ({ created_at: created }) => formatShortTime(created) },
];

function actionOf(ask: (session: OpenSession) => void, withPerson: boolean): Column<OpenSession> {
  return {
    title: "",
    align: "end",
    cell: (session) =>
      session.is_current ? null : (
        <Button
          kind="danger"
          className="whitespace-nowrap"
          onClick={() => ask(session)}
          aria-label={`Sign out ${withPerson ? `${session.email ?? ""} ` : ""}at ${session.ip ?? "an unknown address"}`}
        >
          Sign out
        </Button>
      ),
  };
}

const browsers = ["Firefox", "Edg", "OPR", "Chrome", "Safari"];
const systems = ["Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux"];
const names: Readonly<Record<string, string>> = { Edg: "Edge", OPR: "Opera", Macintosh: "macOS" };

/** What people would call a browser that calls itself so; its own words when they are others. */
export function browserOf(agent: string | null): string {
  if (agent === null) return "unknown";
  const [browser, system] = [browsers, systems].map((known) => known.find((name) => agent.includes(name)));
  if (browser === undefined) return agent;
  const named = names[browser] ?? browser;
  return system === undefined ? named : `${named} on ${names[system] ?? system}`;
}

import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { CopyButton } from "../../components/ui/copy-button.tsx";
import { formatCount, formatDuration, formatUsd } from "../../lib/format.ts";
import { PartView } from "../logs/conversation/part-view.tsx";
import { readResponse } from "../logs/conversation/read-response.ts";
import { readStream } from "../logs/conversation/read-stream.ts";
import type { PlaygroundAnswer } from "./send-request.ts";

interface AnswerViewProps {
  readonly answer: PlaygroundAnswer;
  readonly gatewayId: string;
}

const states = {
  waiting: "Waiting …",
  coming: "Coming …",
  done: "Done",
  stopped: "Stopped",
  failed: "Failed",
} as const;

/** What came back: as a message, with its figures, its pieces and its headers. */
export function AnswerView({ answer, gatewayId }: AnswerViewProps) {
  const { step, status, pieces, usage, fault } = answer;
  const turns = useMemo(() => {
    const [first] = pieces;
    const texts = pieces.map(({ data }) => data);
    return pieces.length === 1 && first !== undefined ? readResponse(first.data) : readStream(texts);
  }, [pieces]);
  const logId = usage["cf-aig-log-id"];
  const isBad = step === "failed" || (status !== null && status >= 400);
  return (
    <section aria-label="Answer" className="grid min-w-0 content-start gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <span role="status" className={isBad ? "font-medium text-bad" : "font-medium"}>
          {states[step]} {status ?? ""}
        </span>
        {logId === undefined || step === "waiting" || step === "coming" ? null : (
          <Link
            to="/ui/logs"
            search={{ gateway: gatewayId, log: logId }}
            className="text-accent hover:underline"
            // A log shows up about a second after its exchange ended.
            preload={false}
          >
            Open its log
          </Link>
        )}
      </div>
      {fault === null ? null : <p className="text-bad">{fault}</p>}
      <Figures answer={answer} />
      <div aria-label="Message" role="region" className="rounded border border-line bg-panel p-3">
        {turns.length === 0 ? (
          <pre className="max-h-96 overflow-auto font-mono text-xs whitespace-pre-wrap">
            {pieces[0]?.data.slice(0, 20_000) ?? "Nothing yet."}
          </pre>
        ) : (
          turns.flatMap((turn, turnIndex) =>
            // oxlint-disable-next-line react/no-array-index-key -- parts never change places
            turn.parts.map((part, index) => <PartView key={`${turnIndex} ${index}`} part={part} />),
          )
        )}
      </div>
      <Pieces answer={answer} />
      <details className="rounded border border-line bg-panel p-3">
        <summary className="cursor-pointer font-medium">{formatCount(answer.headers.length)} headers</summary>
        <dl className="mt-2 grid grid-cols-[minmax(8rem,auto)_1fr] gap-x-3 font-mono text-xs">
          {answer.headers.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-soft">{name}</dt>
              <dd className="[overflow-wrap:anywhere]">{value}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}

function Figures({ answer }: { readonly answer: PlaygroundAnswer }) {
  const { usage, headMs, endMs, pieces } = answer;
  const numberOf = (name: string): number | null => (usage[name] === undefined ? null : Number(usage[name]));
  const figures: readonly (readonly [string, string])[] = [
    ["Cost", formatUsd(numberOf("cf-aig-cost"))],
    ["Tokens in", formatCount(numberOf("cf-aig-tokens-in"))],
    ["Tokens out", formatCount(numberOf("cf-aig-tokens-out"))],
    ["Head after", formatDuration(headMs)],
    ["First piece after", formatDuration(pieces[0]?.atMs)],
    ["All after", formatDuration(endMs)],
    ["Gateway's own", formatDuration(numberOf("cf-aig-overhead"))],
    ["Attempts", formatCount(numberOf("cf-aig-attempts"))],
  ];
  return (
    <dl className="grid grid-cols-2 gap-2 sm:grid-cols-4">
      {figures.map(([name, value]) => (
        <div key={name} className="rounded border border-line bg-panel px-2.5 py-1.5">
          <dt className="text-xs text-soft">{name}</dt>
          <dd className="tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const shownPieces = 300;

function Pieces({ answer: { pieces } }: { readonly answer: PlaygroundAnswer }) {
  if (pieces.length < 2) return null;
  const hidden = Math.max(0, pieces.length - shownPieces);
  return (
    <details className="rounded border border-line bg-panel p-3">
      <summary className="cursor-pointer font-medium">{formatCount(pieces.length)} pieces with their times</summary>
      <div className="mt-2 flex justify-end">
        <CopyButton text={() => pieces.map(({ atMs, data }) => `${Math.round(atMs)}\t${data}`).join("\n")} />
      </div>
      {hidden === 0 ? null : <p className="text-soft">The first {formatCount(hidden)} are left out here.</p>}
      <ol
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reached by keyboard
        tabIndex={0}
        aria-label="Pieces"
        className="mt-2 max-h-80 overflow-auto font-mono text-xs"
      >
        {pieces.slice(hidden).map(({ atMs, data }, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- pieces never change places
          <li key={hidden + index} className="flex gap-3">
            <span className="w-16 shrink-0 text-right text-soft tabular-nums">{formatDuration(Math.round(atMs))}</span>
            <span dir="auto" className="truncate">
              {data.slice(0, 300)}
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}

import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import { Failure } from "../../../components/ui/failure.tsx";
import { Loading } from "../../../components/ui/loading.tsx";
import { formatCount } from "../../../lib/format.ts";
import { useLogBody } from "../use-log.ts";
import type { Turn } from "./conversation-part.ts";
import { PartView } from "./part-view.tsx";
import { readRequest } from "./read-request.ts";
import { readResponse } from "./read-response.ts";

interface ConversationViewProps {
  readonly gatewayId: string;
  readonly logId: string;
  /** Step of a universal request. */
  readonly step: number;
}

/** Prompt and answer as messages. */
export function ConversationView({ gatewayId, logId, step }: ConversationViewProps) {
  const place = { gatewayId, logId };
  const request = useLogBody(place, "request");
  const response = useLogBody(place, "response");
  const asked = useMemo(() => readRequest(request.data?.text ?? "", step), [request.data, step]);
  const answered = useMemo(() => readResponse(response.data?.text ?? ""), [response.data]);
  if (request.isPending || response.isPending) return <Loading label="Reading the conversation" />;
  const error = request.error ?? response.error;
  if (error !== null) return <Failure error={error} />;
  if (asked.length + answered.length === 0) {
    return (
      <p className="p-4 text-soft">
        {request.data === null && response.data === null
          ? "Neither body was kept."
          : "No messages were found in these bodies; Request and Response show them as they came."}
      </p>
    );
  }
  return <Turns turns={[...asked, ...answered]} answeredFrom={asked.length} />;
}

/** A list of messages of which only those in sight are in the document. */
function Turns({ turns, answeredFrom }: { readonly turns: readonly Turn[]; readonly answeredFrom: number }) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: turns.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 96,
    overscan: 4,
  });
  return (
    <div className="flex h-full min-h-0 flex-col gap-2">
      {turns.length > 20 ? (
        <p className="flex flex-wrap gap-3 text-soft">
          {formatCount(turns.length)} messages
          <button type="button" className="text-accent hover:underline" onClick={() => virtual.scrollToIndex(0)}>
            To the first
          </button>
          <button
            type="button"
            className="text-accent hover:underline"
            onClick={() => virtual.scrollToIndex(answeredFrom, { align: "start" })}
          >
            To the answer
          </button>
        </p>
      ) : null}
      <div
        ref={scroller}
        role="region"
        aria-label="Conversation"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reached by keyboard
        tabIndex={0}
        className="min-h-60 grow overflow-auto"
      >
        <div className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start, key }) => (
            <div
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              className="absolute inset-x-0 pb-2"
              style={{ transform: `translateY(${start}px)` }}
            >
              <TurnView turn={turns[index] as Turn} isAnswer={index >= answeredFrom} />
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

function TurnView({ turn, isAnswer }: { readonly turn: Turn; readonly isAnswer: boolean }) {
  const isError = turn.role === "error";
  return (
    <article
      className={`rounded border p-3 ${isAnswer ? "border-accent/40 bg-panel" : "border-line bg-page"} ${isError ? "!border-bad" : ""}`}
    >
      <h3 className={`mb-1 text-xs font-semibold tracking-wide uppercase ${isError ? "text-bad" : "text-soft"}`}>
        {turn.role}
      </h3>
      {turn.parts.length === 0 ? <p className="text-soft">empty</p> : null}
      {turn.parts.map((part, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- parts never change places
        <PartView key={index} part={part} />
      ))}
    </article>
  );
}

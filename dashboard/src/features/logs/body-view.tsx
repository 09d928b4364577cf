import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { CopyButton } from "../../components/ui/copy-button.tsx";
import { Failure } from "../../components/ui/failure.tsx";
import { Loading } from "../../components/ui/loading.tsx";
import { formatBytes, formatCount } from "../../lib/format.ts";
import { laidOut, linePartsOf, linesWith, wrapped } from "./body-lines.ts";
import { type LogBody, useLogBody } from "./use-log.ts";

interface BodyViewProps {
  readonly gatewayId: string;
  readonly logId: string;
  readonly which: "request" | "response";
}

/** A body as text, only the lines in sight in the document, with a search of its own. Nothing of it is ever taken for markup. */
export function BodyView({ gatewayId, logId, which }: BodyViewProps) {
  const body = useLogBody({ gatewayId, logId }, which);
  if (body.isPending) return <Loading label={`Reading the ${which}`} />;
  if (body.isError) return <Failure error={body.error} retry={() => void body.refetch()} />;
  if (body.data === null) {
    return (
      <p className="p-4 text-soft">
        This {which} was not kept: the gateway keeps no bodies, the request asked for that, or its time was up.
      </p>
    );
  }
  return <BodyText key={`${logId} ${which}`} body={body.data} name={which} />;
}

const lineHeightPx = 20;
const characterPx = 7.3;

function BodyText({ body, name }: { readonly body: LogBody; readonly name: string }) {
  const [isRaw, setRaw] = useState(false);
  const [needle, setNeedle] = useState("");
  const [place, setPlace] = useState(0);
  const [columns, setColumns] = useState(100);
  const scroller = useRef<HTMLDivElement>(null);
  const text = useMemo(() => (isRaw ? body.text : laidOut(body.text)), [body, isRaw]);
  const isJson = text !== body.text;
  const lines = useMemo(() => wrapped(text, columns), [text, columns]);
  const found = useMemo(() => linesWith(lines, needle), [lines, needle]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeightPx,
    overscan: 20,
  });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const fit = (): void => setColumns(Math.max(30, Math.floor((element.clientWidth - 24) / characterPx)));
    const observer = new ResizeObserver(fit);
    observer.observe(element);
    fit();
    return () => observer.disconnect();
  }, []);
  const goTo = (next: number): void => {
    const line = found[next];
    if (line === undefined) return;
    setPlace(next);
    virtual.scrollToIndex(line, { align: "center" });
  };
  return (
    <div className="flex h-full min-h-0 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2 text-soft">
        <span>
          {formatBytes(body.sizeBytes)}, {formatCount(lines.length)} lines
        </span>
        {body.isComplete ? null : <span className="text-warn">only the beginning was kept</span>}
        {body.isText ? null : <span className="text-warn">holds bytes that are no text, shown as �</span>}
        <FindField
          name={name}
          needle={needle}
          found={found.length}
          onNeedle={(wanted) => {
            setNeedle(wanted);
            setPlace(-1);
          }}
          onNext={() => goTo(found.length === 0 ? 0 : (place + 1) % found.length)}
        />
        <label className="flex items-center gap-1.5">
          <input type="checkbox" checked={isRaw} onChange={() => setRaw(!isRaw)} /> As it came
        </label>
        <CopyButton text={() => body.text} />
      </div>
      <div
        ref={scroller}
        role="region"
        aria-label={`Body of the ${name}`}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reached by keyboard
        tabIndex={0}
        className="min-h-60 grow overflow-auto rounded border border-line bg-page p-2 font-mono text-xs"
      >
        <div className="relative w-max min-w-full" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => (
            <div
              key={index}
              dir="auto"
              className={`absolute inset-x-0 h-5 leading-5 whitespace-pre ${found[place] === index ? "bg-hover outline outline-accent" : ""}`}
              style={{ transform: `translateY(${start}px)` }}
            >
              {isJson ? <JsonLine line={lines[index] ?? ""} /> : lines[index]}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

interface FindFieldProps {
  readonly name: string;
  readonly needle: string;
  /** Lines that hold it. */
  readonly found: number;
  readonly onNeedle: (needle: string) => void;
  readonly onNext: () => void;
}

/** Finds a text in the body, since the browser's own search sees only the lines in sight. Enter goes on to the next. */
function FindField({ name, needle, found, onNeedle, onNext }: FindFieldProps) {
  return (
    <form
      className="flex grow items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        onNext();
      }}
    >
      <input
        type="search"
        aria-label={`Find in the ${name}`}
        placeholder="Find"
        className="h-8 w-32 rounded border border-line bg-panel px-2 text-ink"
        value={needle}
        onChange={(event) => onNeedle(event.currentTarget.value)}
      />
      <span aria-live="polite">{needle === "" ? "" : `${formatCount(found)} lines`}</span>
    </form>
  );
}

const partLooks = { name: "text-accent", text: "text-good", literal: "text-warn", rest: "" } as const;

/** A line of laid out JSON with its name and its value apart. */
function JsonLine({ line }: { readonly line: string }) {
  return linePartsOf(line).map(({ kind, text }, index) => (
    // oxlint-disable-next-line react/no-array-index-key -- parts never change places
    <span key={index} className={partLooks[kind]}>
      {text}
    </span>
  ));
}

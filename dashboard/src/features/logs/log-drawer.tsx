import { Dialog } from "@base-ui/react/dialog";
import { Tabs } from "@base-ui/react/tabs";
import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { LogDetail } from "../../api/generated/operations.ts";
import { useAccount } from "../../app/account.tsx";
import { CopyButton } from "../../components/ui/copy-button.tsx";
import { Failure } from "../../components/ui/failure.tsx";
import { Loading } from "../../components/ui/loading.tsx";
import { formatCount, formatDuration, formatUsd } from "../../lib/format.ts";
import { asCurl } from "./as-curl.ts";
import { BodyView } from "./body-view.tsx";
import { ConversationView } from "./conversation/conversation-view.tsx";
import { LogFacts } from "./log-facts.tsx";
import { LogFeedback } from "./log-feedback.tsx";
import type { LogFilter } from "./log-filters.ts";
import { LogTiming } from "./log-timing.tsx";
import { outcomeText } from "./outcome-text.ts";
import { StatusBadge } from "./status-badge.tsx";
import { readLogBody, useLog } from "./use-log.ts";

interface LogDrawerProps {
  readonly gatewayId: string;
  readonly logId: string;
  readonly onOpen: (id: string) => void;
  /** Asks for the logs that these filters match. */
  readonly onFilter: (filters: readonly LogFilter[]) => void;
  readonly onClose: () => void;
}

/** Everything about one log, beside the list. Escape closes it. */
export function LogDrawer({ gatewayId, logId, onOpen, onFilter, onClose }: LogDrawerProps) {
  const log = useLog({ gatewayId, logId });
  return (
    <Dialog.Root open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="fixed inset-y-0 right-0 z-50 flex w-full max-w-3xl flex-col border-l border-line bg-panel shadow-xl">
          <div className="flex items-center justify-between gap-2 border-b border-line px-4 py-2">
            <Dialog.Title className="min-w-0 truncate text-base font-semibold">
              <bdi>{log.data?.model ?? "Log"}</bdi>
            </Dialog.Title>
            <Dialog.Close aria-label="Close" className="rounded p-1.5 text-soft hover:bg-hover hover:text-ink">
              <X size={18} aria-hidden />
            </Dialog.Close>
          </div>
          {log.isPending ? <Loading label="Reading the log" /> : null}
          {log.isError ? (
            <div className="p-4">
              <Failure error={log.error} retry={() => void log.refetch()} />
            </div>
          ) : null}
          {log.data === undefined ? null : (
            <LogContent gatewayId={gatewayId} log={log.data} onOpen={onOpen} onFilter={onFilter} />
          )}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

type ContentProps = Pick<LogDrawerProps, "gatewayId" | "onOpen" | "onFilter"> & { readonly log: LogDetail };

function LogContent({ gatewayId, log, onOpen, onFilter }: ContentProps) {
  const [tab, setTab] = useState("conversation");
  const place = { gatewayId, logId: log.id };
  const explanation = outcomeText(log);
  const panels: readonly (readonly [name: string, label: string, content: () => ReactNode])[] = [
    ["conversation", "Conversation", () => <ConversationView {...place} step={log.step} />],
    ["request", "Request", () => <BodyView {...place} which="request" />],
    ["response", "Response", () => <BodyView {...place} which="response" />],
    ["timing", "Timing", () => <LogTiming gatewayId={gatewayId} log={log} onOpen={onOpen} />],
    ["details", "Cost and details", () => <LogFacts log={log} />],
    ["feedback", "Feedback", () => <LogFeedback key={log.id} gatewayId={gatewayId} log={log} />],
  ];
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-2">
        <StatusBadge log={log} />
        <span>{formatDuration(log.duration)}</span>
        <span>
          {formatCount(log.tokens_in)} → {formatCount(log.tokens_out)} tokens
        </span>
        <span>{log.cost_state === "unpriced" ? "unpriced" : formatUsd(log.cost)}</span>
        <Actions gatewayId={gatewayId} log={log} onFilter={onFilter} />
      </div>
      {explanation === null ? null : (
        <p dir="auto" className="border-b border-line px-4 py-2 [overflow-wrap:anywhere] text-bad">
          {explanation}
        </p>
      )}
      <Tabs.Root value={tab} onValueChange={(value) => setTab(String(value))} className="flex min-h-0 grow flex-col">
        <Tabs.List className="flex shrink-0 gap-1 overflow-x-auto border-b border-line px-2">
          {panels.map(([name, label]) => (
            <Tabs.Tab
              key={name}
              value={name}
              className="border-b-2 border-transparent px-2.5 py-2 whitespace-nowrap text-soft hover:text-ink data-active:border-accent data-active:text-ink"
            >
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {panels.map(([name, , content]) => (
          <Tabs.Panel key={name} value={name} className="min-h-0 grow overflow-auto p-4">
            {content()}
          </Tabs.Panel>
        ))}
      </Tabs.Root>
    </>
  );
}

function Actions({ gatewayId, log, onFilter }: Pick<ContentProps, "gatewayId" | "log" | "onFilter">) {
  const { accountId } = useAccount();
  const curl = async (): Promise<string> => {
    const body = await readLogBody({ account_id: accountId, gateway_id: gatewayId, log_id: log.id }, "request");
    return asCurl(log, body?.text ?? null, { origin: location.origin, accountId, gatewayId });
  };
  return (
    <div className="flex flex-wrap gap-2">
      <CopyButton label="Copy as curl" text={curl} />
      <Link
        to="/ui/playground"
        search={{ gateway: gatewayId, log: log.id }}
        className="inline-flex items-center rounded border border-line px-3 py-1.5 text-sm font-medium hover:bg-hover"
      >
        Replay in playground
      </Link>
      {log.user === null ? null : (
        <button
          type="button"
          className="text-sm text-accent hover:underline"
          onClick={() => onFilter([{ key: "user", operator: "eq", value: [log.user] }])}
        >
          All of this user
        </button>
      )}
    </div>
  );
}

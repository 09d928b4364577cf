import { ChevronLeft, ChevronRight } from "lucide-react";
import { formatCount } from "../../lib/format.ts";
import { Button } from "./button.tsx";

interface PagerProps {
  /** From 1 on. */
  readonly page: number;
  readonly perPage: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}

/** Goes through a long list; nothing when it fits. */
export function Pager({ page, perPage, total, onPage }: PagerProps) {
  const last = Math.max(1, Math.ceil(total / perPage));
  if (last === 1 && page === 1) return null;
  return (
    <div className="mt-3 flex items-center justify-end gap-2 text-soft">
      <span>
        Page {formatCount(page)} of {formatCount(last)}
      </span>
      <Button aria-label="Page before" disabled={page <= 1} onClick={() => onPage(Math.min(page - 1, last))}>
        <ChevronLeft size={16} aria-hidden />
      </Button>
      <Button aria-label="Next page" disabled={page >= last} onClick={() => onPage(page + 1)}>
        <ChevronRight size={16} aria-hidden />
      </Button>
    </div>
  );
}

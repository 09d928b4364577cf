import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";

interface DialogProps {
  readonly title: string;
  /** What it is about, in a sentence or two. */
  readonly lead?: ReactNode;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** `wide` for what is compared side by side. */
  readonly size?: "normal" | "wide";
}

/** A window over the page. Escape and a click beside it close it; the keyboard stays inside. */
export function Dialog({ title, lead, isOpen, onClose, children, size = "normal" }: DialogProps) {
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => (open ? undefined : onClose())}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-10 bg-black/40" />
        <Base.Popup
          className={`fixed top-1/2 left-1/2 z-20 max-h-[92dvh] w-[calc(100vw-1.5rem)] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-lg border border-line bg-raised p-5 shadow-xl ${size === "wide" ? "max-w-3xl" : "max-w-lg"}`}
        >
          <div className="mb-3 flex items-start justify-between gap-3">
            <div className="min-w-0">
              <Base.Title className="text-base font-semibold">{title}</Base.Title>
              {lead === undefined ? null : <Base.Description className="text-soft">{lead}</Base.Description>}
            </div>
            <Base.Close aria-label="Close" className="rounded p-1 text-soft hover:bg-hover hover:text-ink">
              <X size={16} aria-hidden />
            </Base.Close>
          </div>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

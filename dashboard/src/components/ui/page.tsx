import type { ReactNode } from "react";

interface PageProps {
  readonly title: string;
  /** One sentence on what the page is for. */
  readonly lead?: string;
  /** Buttons of the page as a whole. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page with its heading. */
export function Page({ title, lead, actions, children }: PageProps) {
  return (
    <>
      <title>{`${title} · Headgate`}</title>
      <div className="mb-4 flex flex-wrap items-end justify-between gap-3">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold break-words">{title}</h1>
          {lead === undefined ? null : <p className="break-words text-soft">{lead}</p>}
        </div>
        <div className="flex flex-wrap gap-2">{actions}</div>
      </div>
      {children}
    </>
  );
}

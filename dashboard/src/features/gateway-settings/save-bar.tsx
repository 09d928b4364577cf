import { Button } from "../../components/ui/button.tsx";

interface SaveBarProps {
  readonly count: number;
  readonly isFaulty: boolean;
  readonly onDiscard: () => void;
}

/** Stays in sight while something is changed and not saved. */
export function SaveBar({ count, isFaulty, onDiscard }: SaveBarProps) {
  return (
    <div className="fixed inset-x-0 bottom-0 z-5 flex flex-wrap items-center justify-end gap-2 border-t border-line bg-raised p-3 md:left-52">
      <span role="status" className={isFaulty ? "text-bad" : "text-soft"}>
        {isFaulty ? "Something is not right above" : `${count} changed, not saved`}
      </span>
      <Button onClick={onDiscard}>Discard</Button>
      <Button kind="main" type="submit" disabled={isFaulty}>
        Review and save
      </Button>
    </div>
  );
}

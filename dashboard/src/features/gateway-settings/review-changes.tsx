import { Button } from "../../components/ui/button.tsx";
import { Changes } from "../../components/ui/changes.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import type { Difference } from "../../lib/differences.ts";

interface ReviewChangesProps {
  readonly changes: readonly Difference[];
  readonly isOpen: boolean;
  readonly isBusy: boolean;
  readonly onClose: () => void;
  readonly onSave: () => void;
}

/** Shows what will be saved before it is. */
export function ReviewChanges({ changes, isOpen, isBusy, onClose, onSave }: ReviewChangesProps) {
  return (
    <Dialog
      title="Save these changes?"
      lead="They count for requests within a second."
      isOpen={isOpen}
      onClose={onClose}
      size="wide"
    >
      <Changes changes={changes} />
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>Back</Button>
        <Button kind="main" disabled={isBusy} onClick={onSave}>
          Save
        </Button>
      </div>
    </Dialog>
  );
}

import { useApi, useChange } from "../../api/use-api.ts";
import { useFaults } from "../../api/use-faults.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Changes } from "../../components/ui/changes.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";

interface RollBackProps {
  /** Number of the version to go back to; null for not asking. */
  readonly version: number | null;
  readonly onClose: () => void;
}

/** Shows what going back to a version would change in the whole installation, and does it when that is right. */
export function RollBack({ version, onClose }: RollBackProps) {
  return (
    <Dialog
      title={`Go back to ${version === 0 ? "the start" : `version ${version ?? ""}`}?`}
      lead="This concerns every gateway and provider of the installation, and makes a new version. Tokens, people, keys and secrets stay as they are."
      isOpen={version !== null}
      onClose={onClose}
      size="wide"
    >
      {version === null ? null : <Preview version={version} onClose={onClose} />}
    </Dialog>
  );
}

function Preview({ version, onClose }: { readonly version: number; readonly onClose: () => void }) {
  const preview = useApi("POST /api/config/rollback", { body: { version, dry_run: true } });
  const change = useChange();
  const { rest, attempt, isBusy } = useFaults();
  const rollBack = async (): Promise<void> => {
    if (await attempt(() => change("POST /api/config/rollback", { body: { version } }))) onClose();
  };
  return (
    <div className="space-y-4">
      <Answered query={preview}>{({ result }) => <Changes changes={result.changes} />}</Answered>
      {rest()}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="danger"
          disabled={isBusy || preview.data === undefined || preview.data.result.changes.length === 0}
          onClick={() => void rollBack()}
        >
          Go back
        </Button>
      </div>
    </div>
  );
}

import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Failure } from "./failure.tsx";
import { TextField } from "./text-field.tsx";

interface ConfirmProps {
  readonly title: string;
  /** What will be gone, and what stays. */
  readonly children: ReactNode;
  /** What the button says: "Delete gateway". */
  readonly action: string;
  /** Text that has to be typed first; none when absent. */
  readonly typed?: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Does it. The window closes when it is done and shows what it throws. */
  readonly onConfirm: () => Promise<unknown>;
}

/** Asks before something is done that cannot be undone. */
export function Confirm(props: ConfirmProps) {
  const { title, isOpen, onClose } = props;
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      {isOpen ? <Question {...props} /> : null}
    </Dialog>
  );
}

function Question({ children, action, typed, onClose, onConfirm }: ConfirmProps) {
  const [text, setText] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        void confirm();
      }}
    >
      <div className="text-soft">{children}</div>
      {typed === undefined ? null : (
        <TextField
          label={`Type ${typed} to go on`}
          value={text}
          onText={setText}
          autoComplete="off"
          spellCheck={false}
        />
      )}
      {error === null ? null : <Failure error={error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="danger" type="submit" disabled={isBusy || (typed !== undefined && text !== typed)}>
          {action}
        </Button>
      </div>
    </form>
  );
}

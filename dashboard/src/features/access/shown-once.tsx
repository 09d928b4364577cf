import { Button } from "../../components/ui/button.tsx";
import { CopyButton } from "../../components/ui/copy-button.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";

/** The text of a token, which the server tells once. @param text null for closed. */
export function ShownOnce({ text, onClose }: { readonly text: string | null; readonly onClose: () => void }) {
  return (
    <Dialog
      title="Copy the token now"
      lead="It is shown this once: only a hash of it is kept. Requests send it as cf-aig-authorization: Bearer …; the API takes it as authorization."
      isOpen={text !== null}
      onClose={onClose}
    >
      <code
        aria-label="Token"
        className="mb-4 block rounded border border-line bg-page p-3 font-mono break-all select-all"
      >
        {text}
      </code>
      <div className="flex flex-wrap justify-end gap-2">
        <CopyButton text={() => text ?? ""} label="Copy token" />
        <Button kind="main" onClick={onClose}>
          I have it
        </Button>
      </div>
    </Dialog>
  );
}

import { Plus } from "lucide-react";
import { Button } from "./button.tsx";

interface AddButtonProps {
  /** Whether who looks may add one; otherwise there is no button. */
  readonly isAllowed: boolean;
  /** What it says, such as "Add key". */
  readonly label: string;
  readonly onClick: () => void;
}

/** The button of a list by which another one is made. */
export function AddButton({ isAllowed, label, onClick }: AddButtonProps) {
  if (!isAllowed) return null;
  return (
    <Button kind="main" onClick={onClick}>
      <Plus size={16} aria-hidden /> {label}
    </Button>
  );
}

import { Button } from "./button.tsx";

interface FormButtonsProps {
  /** What the button says that does it. */
  readonly action: string;
  readonly isDisabled: boolean;
  readonly onCancel: () => void;
}

/** The end of a form in a window. */
export function FormButtons({ action, isDisabled, onCancel }: FormButtonsProps) {
  return (
    <div className="flex flex-wrap justify-end gap-2">
      <Button onClick={onCancel}>Cancel</Button>
      <Button kind="main" type="submit" disabled={isDisabled}>
        {action}
      </Button>
    </div>
  );
}

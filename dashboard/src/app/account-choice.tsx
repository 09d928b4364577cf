import { useNavigate } from "@tanstack/react-router";
import { useAccount } from "./account.tsx";

/** Which account the pages are of; nothing where there is only one. */
export function AccountChoice() {
  const { accountId, accounts, choose } = useAccount();
  const navigate = useNavigate();
  if (accounts.length < 2) return null;
  return (
    <label className="mb-3 block px-2">
      <span className="mb-1 block text-xs text-soft">Account</span>
      <select
        value={accountId}
        className="w-full rounded border border-line bg-panel px-2 py-1.5"
        onChange={(event) => {
          choose(event.currentTarget.value);
          // What is shown below may be a thing of the account before.
          void navigate({ to: "/ui/gateways" });
        }}
      >
        {accounts.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import type { Account } from "../api/generated/operations.ts";

interface ChosenAccount {
  readonly accountId: string;
  readonly accounts: readonly Account[];
  readonly choose: (accountId: string) => void;
}

const AccountContext = createContext<ChosenAccount>({ accountId: "default", accounts: [], choose: () => {} });
const KEY = "headgate.account";

/** Says below which account the pages are of: the one chosen last in this browser, else the first. */
export function AccountProvider({
  accounts,
  children,
}: {
  readonly accounts: readonly Account[];
  readonly children: ReactNode;
}) {
  const [chosen, setChosen] = useState(() => localStorage.getItem(KEY));
  const accountId = accounts.find(({ id }) => id === chosen)?.id ?? accounts[0]?.id ?? "default";
  const value = useMemo(
    () => ({
      accountId,
      accounts,
      choose(id: string) {
        localStorage.setItem(KEY, id);
        setChosen(id);
      },
    }),
    [accountId, accounts],
  );
  return <AccountContext.Provider value={value}>{children}</AccountContext.Provider>;
}

/** The account in use, the others, and how to go to one. */
export function useAccount(): ChosenAccount {
  return useContext(AccountContext);
}

import { type Ledger, type LedgerRole, openLedger } from '../ledger/index.ts';

/** The ledgers of one process: one for each duty that runs in it. They share the login and no connection. */
export type Ledgers = Readonly<{
  /** The ledger as the role of this duty. It is opened at the first call. */
  as(role: LedgerRole): Ledger;
  /** Closes every ledger that was opened. */
  close(): Promise<void>;
}>;

export function openLedgers(url: string): Ledgers {
  const opened = new Map<LedgerRole, Ledger>();
  return {
    as(role) {
      const ledger = opened.get(role) ?? openLedger(url, { role });
      opened.set(role, ledger);
      return ledger;
    },
    close: async () => void (await Promise.all([...opened.values()].map((ledger) => ledger.close()))),
  };
}

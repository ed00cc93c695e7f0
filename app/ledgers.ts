import { type DutyLedgers, type Ledger, type LedgerRole, openHints, openLedger } from '../ledger/index.ts';

/** The ledgers of one process: one for each duty that runs in it. They share the login and the connection for hints. */
export type Ledgers = Readonly<{
  /** The ledger as the role of this duty. It is opened at the first call. */
  as<Role extends LedgerRole>(role: Role): DutyLedgers[Role];
  /** Closes every ledger that was opened. */
  close(): Promise<void>;
}>;

export function openLedgers(url: string): Ledgers {
  const opened = new Map<LedgerRole, Ledger>();
  const hints = openHints(url);
  return {
    as(role) {
      const ledger = opened.get(role) ?? openLedger(url, { role, hints });
      opened.set(role, ledger);
      return ledger;
    },
    async close() {
      await Promise.all([...opened.values()].map((ledger) => ledger.close()));
      await hints.close();
    },
  };
}

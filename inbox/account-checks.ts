import type { AccountFacts } from '../core/account.ts';
import { clicksIn } from '../core/click-kinds.ts';
import type { Ledger, UncheckedClick } from '../ledger/index.ts';
import { startQueue, stopAll, type Stoppable } from './queue.ts';

export type AccountChecksDeps = Readonly<{
  ledger: Pick<Ledger, 'storeAccountCheck' | 'takeUncheckedClicks' | 'watch'>;
  /** Asks the channel what kind of account this is. Throws when the channel does not say. */
  readAccount: (account: string) => Promise<AccountFacts>;
  /** Called with each click whose account could not be checked. It is tried again, after a pause that grows. */
  onRetry: (click: UncheckedClick, error: unknown) => void;
  /** Called when the clicks cannot be read. */
  onError: (error: unknown) => void;
}>;

const RETRY_MS = 2_000;

/** The kinds of clicks in each queue. A hundred approvals that wait for Slack delay no denial. */
const QUEUES = [clicksIn('ends', 'refuses'), clicksIn('others')];

/** Stores with a click what its channel says about the account. The use cases judge it when they decide the click (T45). */
const checkAccount = async (
  { ledger, readAccount }: Pick<AccountChecksDeps, 'ledger' | 'readAccount'>,
  { id, account }: UncheckedClick,
): Promise<void> => ledger.storeAccountCheck(id, await readAccount(account));

/** Checks the account of each click that needs it. Nothing is decided here, and a click without a check waits. */
export const startAccountChecks = (deps: AccountChecksDeps): Stoppable =>
  stopAll(
    QUEUES.map((kinds) =>
      startQueue({
        take: (most) => deps.ledger.takeUncheckedClicks(kinds, most, RETRY_MS),
        work: (click) => checkAccount(deps, click).catch((error: unknown) => deps.onRetry(click, error)),
        watch: (look) => deps.ledger.watch('curfew_unchecked_click', look, deps.onError),
      }),
    ),
  );

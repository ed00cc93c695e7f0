import type { LeaseId, RequestId } from '../core/ids.ts';
import { advance } from '../requests/advance.ts';
import type { Deps } from '../requests/deps.ts';
import { extendLease } from '../requests/extend-lease.ts';
import { grantLease } from '../requests/grant-lease.ts';
import { judge } from '../requests/judge.ts';
import { revokeLease } from '../requests/revoke-lease.ts';
import type { SealedUndo } from '../requests/undo.ts';
import { attempt } from './attempt.ts';
import { withTemporalFailures } from './failure.ts';
import { openWaitingGrants } from './waiting-grants.ts';

/** The activities of the workflow: one use case each. Those that call a provider run on that provider's queue. */
export type Activities = ReturnType<typeof requestActivities> & ReturnType<typeof providerActivities>;

// No activity takes an order from its caller. Its input names a request or a lease, and the ledger says what to do.

/** What the worker does: judge a request, and look at it. */
export const requestActivities = (deps: Deps) =>
  withTemporalFailures(
    {
      judge: async ({ request }: { request: RequestId }) => {
        await judge(deps, { request });
        return advance(deps, { request, via: 'workflow' });
      },
      look: ({ request }: { request: RequestId }) => advance(deps, { request, via: 'workflow' }),
    },
    [],
  );

/** What the process of a provider does: grant a lease, extend it, and revoke it. */
export const providerActivities = (deps: Deps, waiting = openWaitingGrants()) =>
  withTemporalFailures(
    {
      grant: ({ lease }: { lease: LeaseId }) =>
        attempt(({ signal, remember, queue: provider }) =>
          waiting.attempt({ lease, provider }, () =>
            grantLease(deps, { lease, signal, rememberUndo: remember }),
          ),
        ),
      extend: ({ lease }: { lease: LeaseId }) =>
        attempt(({ signal }) => extendLease(deps, { lease, signal })),
      revoke: ({ lease, undo }: { lease: LeaseId; undo?: SealedUndo }) =>
        attempt(
          ({ signal, remember, earlier }) =>
            revokeLease(deps, {
              lease,
              via: 'workflow',
              signal,
              rememberReport: remember,
              ...(undo === undefined ? {} : { undo }),
              ...(earlier === undefined ? {} : { report: earlier }),
            }),
          { retryAlways: true },
        ),
    },
    ['revoke'],
  );

import type { Instant } from '../core/ids.ts';
import type { RefusedAttemptOf } from '../ledger/index.ts';
import { type AccessList, listOf } from './access-questions.ts';
import { personNames, type RequestView, type ViewDeps } from './view.ts';

/** What an auditor sees first. `closed` and `refused` are of the last 24 hours. */
export type AuditorOverview = Readonly<{
  live: AccessList;
  pending: AccessList;
  closed: AccessList;
  refused: Readonly<{ attempts: readonly RefusedAttemptOf[]; count: number }>;
  nameOf: RequestView['nameOf'];
  /** When all of this was read, by the clock of the ledger. */
  at: Instant;
}>;

const DAY_MS = 24 * 60 * 60_000;

/** The first `most` entries of each part, with the number of all. */
export async function readAuditorOverview(deps: ViewDeps, most: number): Promise<AuditorOverview> {
  const { ledger, policy } = deps;
  const part = { from: 0, most };
  return {
    live: await listOf(deps, ledger.liveRequests('all', part), part),
    pending: await listOf(deps, pendingRequests(deps, most), part),
    closed: await listOf(deps, ledger.requestsClosedLately(DAY_MS, part), part),
    refused: await ledger.attemptsRefusedLately(DAY_MS, part),
    nameOf: personNames(await policy.lastKnown()),
    at: await ledger.now(),
  };
}

async function pendingRequests({ ledger }: ViewDeps, limit: number) {
  const states = ['pending'] as const;
  const [newest, count] = [
    await ledger.listRequests({ states, limit }),
    await ledger.countRequests({ states }),
  ];
  return { requests: newest.map(({ id }) => id), count };
}

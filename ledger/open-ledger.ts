import * as clicks from './clicks.ts';
import type { Ledger } from './ledger.ts';
import * as leases from './leases.ts';
import { withLock } from './lock.ts';
import * as outbox from './outbox.ts';
import { type Db, now, openPool, reachable, transaction } from './pool.ts';
import * as events from './record.ts';
import * as requests from './requests.ts';
import * as secrets from './secrets.ts';
import { watch } from './watch.ts';

/** It is longer than the server's own limit for a statement. So after it no answer comes. */
const QUERY_TIMEOUT_MS = 35_000;

export type LedgerOptions = Readonly<{ connections?: number; queryTimeoutMs?: number }>;

/** Opens the ledger at a Postgres URL. It connects at the first call. */
export function openLedger(
  url: string,
  { connections = 10, queryTimeoutMs = QUERY_TIMEOUT_MS }: LedgerOptions = {},
): Ledger {
  const pool = openPool(url, { max: connections, queryTimeoutMs });
  // A lock holds its connection during a provider's call. The server closes the connection of a frozen process.
  const settings = '-c idle_session_timeout=60s';
  const locks = openPool(url, { max: 4 * connections, queryTimeoutMs, settings });
  const tx = <T>(work: (db: Db) => Promise<T>) => transaction(pool, work);
  const query = <T>(work: (db: Db) => Promise<T>) => reachable(() => work(pool));

  return {
    now: () => query(now),

    writeClick: (click) => query((db) => clicks.writeClick(db, click)),
    readClick: (id) => query((db) => clicks.readClick(db, id)),
    readClickBehind: async (request, step) => {
      const id = clicks.clickBehind(request, step);
      return id && query((db) => clicks.readClick(db, id));
    },
    takeClicks: (kinds, most, againMs) => query((db) => clicks.takeClicks(db, kinds, most, againMs)),
    storeOutcome: (id, outcome) => query((db) => clicks.storeOutcome(db, id, outcome)),
    clickOutcome: (id) => query((db) => clicks.clickOutcome(db, id)),

    open: (request) => tx((db) => requests.open(db, request)),
    record: (step) => tx((db) => events.record(db, step)),
    recordRefusal: (step, refused) => tx((db) => events.recordRefusal(db, step, refused)),
    readTrail: (request, since = 0) => query((db) => events.readTrail(db, request, since)),

    readFreeText: (request) => query((db) => requests.readFreeText(db, request)),
    readTargets: (request) => query((db) => requests.readTargets(db, request)),
    readShown: (request) => query((db) => requests.readShown(db, request)),
    listRequests: (filter) => query((db) => requests.listRequests(db, filter)),
    countRequests: (filter) => query((db) => requests.countRequests(db, filter)),
    requestsEndingIn: (letters) => query((db) => requests.requestsEndingIn(db, letters)),
    countOpenRequests: (requester) => query((db) => requests.countOpenRequests(db, requester)),
    overdueRequests: (graceMs) => query((db) => requests.overdueRequests(db, graceMs)),

    intend: (intent) => tx((db) => leases.intend(db, intent)),
    readLease: (lease) => query((db) => leases.readLease(db, lease)),
    lastRevokedAt: (provider, holding) => query((db) => leases.lastRevokedAt(db, provider, holding)),
    leasesOf: (request) => query((db) => leases.leasesOf(db, request)),
    takeDueLeases: (most, except) => tx((db) => leases.takeDueLeases(db, most, except)),
    stuckGrants: (afterMs) => query((db) => requests.stuckGrants(db, afterMs)),
    overdueLeases: () => query(leases.overdueLeases),
    noteLeaseFault: (lease, fault) => query((db) => leases.noteLeaseFault(db, lease, fault)),
    withLock: (key, work) => withLock(locks, key, work),

    storeSecret: (lease, sealed) => tx((db) => secrets.storeSecret(db, lease, sealed)),
    deliver: (delivery) => tx((db) => secrets.deliver(db, delivery)),
    hasSecret: (lease) => query((db) => secrets.hasSecret(db, lease)),

    takeNotifications: (most) => tx((db) => outbox.takeNotifications(db, most)),
    backlog: () => query(outbox.backlog),
    markSent: (id) => query((db) => outbox.markSent(db, id)),
    retryLater: (id, fault, afterMs) => query((db) => outbox.retryLater(db, id, fault, afterMs)),
    postedMessages: (request) => query((db) => outbox.postedMessages(db, request)),
    savePostedMessage: (request, card) => query((db) => outbox.savePostedMessage(db, request, card)),

    watch: (channel, look, onError) => watch({ url, channel, look, onError }),
    close: async () => void (await Promise.all([pool.end(), locks.end()])),
  };
}

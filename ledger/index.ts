import type { ClickId, Instant, LeaseId, PersonId, RequestId } from '../core/ids.ts';
import * as clicks from './clicks.ts';
import { withLock } from './lane.ts';
import * as leases from './leases.ts';
import { watch } from './attend.ts';
import * as outbox from './outbox.ts';
import { type Db, now, openPool, reachable, transaction } from './pool.ts';
import * as recording from './record.ts';
import * as requests from './requests.ts';
import * as secrets from './secrets.ts';

export type { AnswerClick, Click, ClickKind } from './clicks.ts';
export type { Lease } from './leases.ts';
export type { CardPlace, Notification } from './outbox.ts';
export type { NumberedEvent, Recorded, Step, Via } from './record.ts';
export type { NewRequest, RequestSummary, RequestFilter } from './requests.ts';

/** A connected ledger: one function per question. Throws `Fault('ledger-unavailable')` while Postgres is away. */
export type Ledger = ReturnType<typeof openLedger>;

/** Longer than the server's own bound on a statement: past it nobody is there to answer. */
const SILENCE_MS = 35_000;

type Options = Readonly<{ connections?: number; silenceMs?: number }>;

export function openLedger(url: string, { connections = 10, silenceMs = SILENCE_MS }: Options = {}) {
  const pool = openPool(url, { max: connections, silenceMs });
  // A lane holds its connection while a provider is called. One that a frozen process holds is taken from it.
  const settings = '-c idle_session_timeout=60s';
  const lanes = openPool(url, { max: 4 * connections, silenceMs, settings });
  const tx = <T>(work: (db: Db) => Promise<T>) => transaction(pool, work);
  const ask = <T>(work: (db: Db) => Promise<T>) => reachable(() => work(pool));

  return {
    now: (): Promise<Instant> => ask(now),

    writeClick: (click: clicks.Click) => ask((db) => clicks.writeClick(db, click)),
    readClick: (id: ClickId) => ask((db) => clicks.readClick(db, id)),
    /** The click that a step acted on, without its words. */
    readClickBehind: async (request: RequestId, step: string) => {
      const id = clicks.clickBehind(request, step);
      return id && ask((db) => clicks.readClick(db, id));
    },
    takeClicks: (...[kinds, most, againMs]: Tail<typeof clicks.takeClicks>) =>
      ask((db) => clicks.takeClicks(db, kinds, most, againMs)),
    settleClick: (id: ClickId, outcome: unknown) => ask((db) => clicks.settleClick(db, id, outcome)),
    clickOutcome: (id: ClickId) => ask((db) => clicks.clickOutcome(db, id)),

    open: (opening: requests.NewRequest) => tx((db) => requests.open(db, opening)),
    /** Decides and writes one step; see `record`. */
    record: (step: recording.Step) => tx((db) => recording.record(db, step)),
    recordRefusal: (...[step, refused]: Tail<typeof recording.recordRefusal>) =>
      tx((db) => recording.recordRefusal(db, step, refused)),
    readTrail: (request: RequestId, since = 0) => ask((db) => recording.readTrail(db, request, since)),

    readWords: (request: RequestId) => ask((db) => requests.readFreeText(db, request)),
    readTargets: (request: RequestId) => ask((db) => requests.readTargets(db, request)),
    listRequests: (wanted: requests.RequestFilter) => ask((db) => requests.listRequests(db, wanted)),
    countRequests: (wanted: requests.RequestFilter) => ask((db) => requests.countRequests(db, wanted)),
    requestsEndingIn: (letters: string) => ask((db) => requests.requestsEndingIn(db, letters)),
    countOpen: (requester: PersonId) => ask((db) => requests.countOpenRequests(db, requester)),
    overdue: (graceMs: number) => ask((db) => requests.overdueRequests(db, graceMs)),

    intend: (...[lease, seen, level, via]: Tail<typeof leases.intend>) =>
      tx((db) => leases.intend(db, lease, seen, level, via)),
    readLease: (lease: LeaseId) => ask((db) => leases.readLease(db, lease)),
    lastEnded: (...[provider, holding]: Tail<typeof leases.lastRevokedAt>) =>
      ask((db) => leases.lastRevokedAt(db, provider, holding)),
    leasesOf: (request: RequestId) => ask((db) => leases.leasesOf(db, request)),
    takeDue: (...[most, but]: Tail<typeof leases.takeDueLeases>) =>
      tx((db) => leases.takeDueLeases(db, most, but)),
    stuckGrants: (afterMs: number) => ask((db) => leases.stuckGrants(db, afterMs)),
    owed: () => ask(leases.overdueLeases),
    noteFault: (lease: LeaseId, fault: string) => ask((db) => leases.noteLeaseFault(db, lease, fault)),
    lane: <T>(key: string, work: () => Promise<T>) => withLock(lanes, key, work),

    keepSecret: (lease: LeaseId, sealed: Buffer) => tx((db) => secrets.storeSecret(db, lease, sealed)),
    deliver: (...[delivery]: Tail<typeof secrets.deliver>) => tx((db) => secrets.deliver(db, delivery)),
    secretWaits: (lease: LeaseId) => ask((db) => secrets.hasSecret(db, lease)),

    takeTellings: (most: number) => tx((db) => outbox.takeNotifications(db, most)),
    backlog: () => ask(outbox.backlog),
    told: (id: number) => ask((db) => outbox.markSent(db, id)),
    untold: (id: number, fault: string, afterMs?: number) =>
      ask((db) => outbox.retryLater(db, id, fault, afterMs)),
    cardsOf: (request: RequestId) => ask((db) => outbox.cardsOf(db, request)),
    keepCard: (request: RequestId, card: outbox.CardPlace) => ask((db) => outbox.saveCard(db, request, card)),

    /** Looks for work whenever some was written, until stopped. */
    attend: (
      channel: 'curfew_click' | 'curfew_outbox',
      look: () => Promise<number>,
      onError: (error: unknown) => void,
    ) => watch(url, channel, look, onError),
    close: async () => void (await Promise.all([pool.end(), lanes.end()])),
  };
}

type Tail<F> = F extends (first: never, ...rest: infer Rest) => unknown ? Rest : never;

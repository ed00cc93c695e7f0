import { WAITS } from '../core/waits.ts';
import * as questions from './access-questions.ts';
import * as accountChecks from './account-checks.ts';
import { countAuditRows, readAuditPage } from './audit-pages.ts';
import { auditSql } from './audit-query.ts';
import * as outcomes from './click-outcomes.ts';
import * as clicks from './clicks.ts';
import { consoleLedger } from './console/index.ts';
import { countAccess } from './count-access.ts';
import { type Hints, openHints, withHints } from './hints.ts';
import type { Ledger } from './ledger.ts';
import * as cutOffs from './cut-offs.ts';
import * as deferred from './deferred-messages.ts';
import { readFirstLook, readWatchedTargets } from './first-look.ts';
import { findingsLedger } from './findings/index.ts';
import { heldRoles } from './held-roles.ts';
import * as freeTexts from './free-texts.ts';
import * as holdings from './holdings.ts';
import * as leaseRows from './lease-rows.ts';
import * as leases from './leases.ts';
import { assertHeld, withLock } from './lock.ts';
import { logLedger } from './log/index.ts';
import { massEndingProgress } from './mass-ending-progress.ts';
import * as scopes from './mass-ending-scope.ts';
import { limitConcurrency } from './limit-concurrency.ts';
import { writeLift } from './lifts.ts';
import * as massEndings from './mass-endings.ts';
import * as preferences from './message-preferences.ts';
import { keepNumbers, numbersSql, readNumbers } from './numbers/index.ts';
import * as outbox from './outbox.ts';
import { overLimits } from './person-limits.ts';
import * as manifest from './manifest-entries.ts';
import * as messages from './posted-messages.ts';
import { type Db, type HintingDb, now, openPool, reachable, transaction } from './pool.ts';
import * as events from './record.ts';
import { openProbe } from './reach.ts';
import * as requestList from './request-list.ts';
import { countSearched, searchRequests, searchSql } from './request-search.ts';
import * as requests from './requests.ts';
import { reviewsLedger } from './reviews/index.ts';
import { CONNECTIONS, type LedgerRole } from './roles.ts';
import * as lostLeases from './lost-leases.ts';
import * as quarantines from './quarantine.ts';
import * as quarantineAnswers from './quarantine-answers.ts';
import { salted } from './salted-text.ts';
import * as secrets from './secrets.ts';
import { useLedger } from './use/index.ts';
import * as vendorTurns from './vendor-turns.ts';
import * as verifications from './verifications.ts';
import { watch } from './watch.ts';
import * as wakeUps from './wake-ups.ts';

/** Every session acts as `role`. Without one it has the rights of its login. Ledgers of one process can share `hints`. */
export type LedgerOptions = Readonly<{
  role?: LedgerRole;
  hints?: Hints;
  connections?: number;
  queryTimeoutMs?: number;
  statementTimeoutMs?: number;
}>;

const WITHOUT_ROLE = 10;

/** Runs work on a connection to the database. */
type Run = <T>(work: (db: HintingDb) => Promise<T>) => Promise<T>;

/** How a ledger reaches its database. `tx` runs work in a transaction, and `query` runs one statement. */
export type LedgerConnection = Readonly<{ tx: Run; query: Run }> &
  Pick<Ledger, 'canWrite' | 'watch' | 'close'>;

/** Opens the ledger at a Postgres URL. It connects at the first call. */
export function openLedger(
  url: string,
  { role, hints: shared, connections, queryTimeoutMs, statementTimeoutMs }: LedgerOptions = {},
): Ledger {
  const acts = role === undefined ? {} : { role };
  const pool = openPool(url, {
    ...acts,
    max: connections ?? (role ? CONNECTIONS[role].pool : WITHOUT_ROLE),
    queryTimeoutMs: queryTimeoutMs ?? WAITS.ledgerAnswer.ms,
    statementTimeoutMs: statementTimeoutMs ?? longestStatement(role),
  });
  const hints = shared ?? openHints(url);
  const run =
    (runs: <T>(work: (db: Db) => Promise<T>) => Promise<T>): Run =>
    (work) =>
      withHints(hints, (hint) => runs((db) => work({ query: db.query.bind(db), hint })));
  return ledgerOver({
    tx: run((work) => transaction(pool, work)),
    query: run((work) => reachable(() => work(pool))),
    canWrite: openProbe(url, role),
    watch: (channel, look, onError) => watch({ url, ...acts, channel, look, onError }),
    close: async () => void (await Promise.all([pool.end(), ...(shared ? [] : [hints.close()])])),
  });
}

/** Whoever opens a page must not keep the database busy with it, so its statements end sooner. */
const longestStatement = (role: LedgerRole | undefined): number =>
  (role === 'console' ? WAITS.consoleStatement : WAITS.ledgerStatement).ms;

/** A judgement under a lock holds one connection and reads on others. At most two run at the same time, so that connections remain. A worker has seven. */
const JUDGED_AT_ONCE = 2;

/** The ledger over a connection. The simulator has a connection of its own, on which it decides what happens next. */
export function ledgerOver({ tx, query, canWrite, watch: watchChannel, close }: LedgerConnection): Ledger {
  const limited = limitConcurrency(JUDGED_AT_ONCE);
  const judgedTx: Run = (work) => limited(() => tx(work));
  return {
    ...consoleLedger(query),
    ...findingsLedger(query, tx, judgedTx),
    ...logLedger(query, tx),
    ...reviewsLedger(query, tx, judgedTx),
    ...useLedger(query, tx),
    now: () => query(now),

    writeClick: (click, source) => query((db) => clicks.writeClick(db, click, source ?? null)),
    readClick: (id) => query((db) => clicks.readClick(db, id)),
    readClickBehind: async (request, step) => {
      const id = outcomes.clickBehind(request, step);
      return id && query((db) => clicks.readClick(db, id));
    },
    takeClicks: (kinds, most, againMs) => query((db) => clicks.takeClicks(db, kinds, most, againMs)),
    takeUncheckedClicks: (kinds, most, againMs) =>
      query((db) => accountChecks.takeUncheckedClicks(db, kinds, most, againMs)),
    storeAccountCheck: (click, facts) => query((db) => accountChecks.storeAccountCheck(db, click, facts)),
    readAccountCheck: (click) => query((db) => accountChecks.readAccountCheck(db, click)),
    acceptSubmission: (click) => tx((db) => outcomes.acceptSubmission(db, click)),
    unjudgedRequests: (graceMs) => query((db) => clicks.unjudgedRequests(db, graceMs)),
    storeOutcome: (id, outcome) => query((db) => outcomes.storeOutcome(db, id, outcome)),
    clickOutcome: (id) => query((db) => outcomes.clickOutcome(db, id)),

    open: (request) => tx((db) => requests.open(db, request)),
    record: (step) => tx((db) => events.record(db, step)),
    recordRefusal: (step, refused) => tx((db) => events.recordRefusal(db, step, refused)),
    readState: (request) => query((db) => events.readState(db, request)),
    readTrail: (request, since = 0) => query((db) => events.readTrail(db, request, since)),

    takeWakeUps: (most) => query((db) => wakeUps.takeWakeUps(db, most)),
    removeWakeUp: (wakeUp) => query((db) => wakeUps.removeWakeUp(db, wakeUp)),

    salted,
    readFreeText: (request) => query((db) => freeTexts.readFreeText(db, request)),
    readQuestions: (request) => query((db) => freeTexts.readQuestions(db, request)),
    readTargets: (request) => query((db) => requests.readTargets(db, request)),
    readShown: (request) => query((db) => requests.readShown(db, request)),
    listRequests: (filter) => query((db) => requests.listRequests(db, filter)),
    listWithDecisions: (filter) => query((db) => requestList.listWithDecisions(db, filter)),
    countRequests: (filter) => query((db) => requests.countRequests(db, filter)),
    requestsEndingIn: (letters) => query((db) => requests.requestsEndingIn(db, letters)),
    countOpenRequests: (requester) => query((db) => requests.countOpenRequests(db, requester)),
    openRequestsFor: (entitlement, part) => query((db) => questions.openRequestsFor(db, entitlement, part)),
    openRequestsOf: (requester, part) => query((db) => questions.openRequestsOf(db, requester, part)),
    closedRequestsOf: (requester, part) => query((db) => questions.closedRequestsOf(db, requester, part)),
    liveRequests: (visible, part) => query((db) => questions.liveRequests(db, visible, part)),
    requestsClosedLately: (sinceMs, part) => query((db) => questions.requestsClosedLately(db, sinceMs, part)),
    attemptsRefusedLately: (sinceMs, part) =>
      query((db) => questions.attemptsRefusedLately(db, sinceMs, part)),
    searchSql,
    searchRequests: (search, visible, part) => query((db) => searchRequests(db, search, visible, part)),
    countSearched: (search, visible, limit) => query((db) => countSearched(db, search, visible, limit)),
    auditPage: (asked, part) => query((db) => readAuditPage(db, asked, part)),
    auditSql,
    countAuditRows: (asked, limit) => tx((db) => countAuditRows(db, asked, limit)),
    countAccess: (asked, moments) => query((db) => countAccess(db, asked, moments)),
    readNumbers: (question) => query((db) => readNumbers(db, question)),
    keepNumbers: () => query(keepNumbers),
    numbersSql,
    firstLook: (subject) => query((db) => readFirstLook(db, subject)),
    watchedTargets: () => query(readWatchedTargets),
    openRequestsByRequester: () => query(requests.openRequestsByRequester),
    overdueRequests: (graceMs) => query((db) => requests.overdueRequests(db, graceMs)),

    intend: (intent) => tx((db) => holdings.intend(db, intent)),
    lowerPrior: (holding, seen) => tx((db) => holdings.lowerPrior(db, holding, seen)),
    readLease: (lease) => query((db) => leases.readLease(db, lease)),
    heldRoles: () => query(heldRoles),
    canWrite,
    readOpenHolding: (provider, holding) => query((db) => leases.readOpenHolding(db, provider, holding)),
    lastRevokedAt: (provider, holding) => query((db) => holdings.lastRevokedAt(db, provider, holding)),
    leasesToVerify: (key) => query((db) => leases.leasesToVerify(db, key)),
    leasesOf: (request) => query((db) => leases.leasesOf(db, request)),
    takeDueLeases: (most, except) => tx((db) => leases.takeDueLeases(db, most, except)),
    stuckGrants: (afterMs) => query((db) => requests.stuckGrants(db, afterMs)),
    overdueLeases: (provider) => query((db) => leases.overdueLeases(db, provider)),
    waitingGrants: () => query(leases.waitingGrants),
    requestsWithWrongLeases: () => tx(leaseRows.requestsWithWrongLeases),
    correctLeases: (request) => tx((db) => leaseRows.correctLeases(db, request)),
    noteLeaseFault: (lease, fault) => query((db) => leases.noteLeaseFault(db, lease, fault)),
    noteUntriedGrants: () => query(leases.noteUntriedGrants),
    withLock: (key, work) => withLock(query, key, work),
    takeTurn: (provider, asked) => tx((db) => vendorTurns.takeTurn(db, provider, asked)),
    freeTurn: (id) => query((db) => vendorTurns.freeTurn(db, id)),
    takeVerification: (except) => query((db) => verifications.takeVerification(db, except)),
    endVerification: (verification) => query((db) => verifications.endVerification(db, verification)),
    doubt: (lock, doubt) => query((db) => verifications.doubt(db, lock.key, doubt)),
    assertHeld: (lock) => query((db) => assertHeld(db, lock)),

    addManifestEntry: (lease) => query((db) => manifest.addManifestEntry(db, lease)),
    wantManifestEntry: (lease) => query((db) => manifest.wantManifest(db, lease)),
    unwrittenOf: (ids) => query((db) => manifest.unwrittenOf(db, ids)),
    beginManifestWrite: (lease) => query((db) => manifest.beginManifestWrite(db, lease)),
    endManifestWrite: (write, state) => query((db) => manifest.endManifestWrite(db, write, state)),
    takeUnwrittenEntries: (most) => query((db) => manifest.takeUnwrittenEntries(db, most)),
    storedEntries: () => query(manifest.storedEntries),
    manifestSerial: () => query(manifest.manifestSerial),
    leasesWithoutEntry: () => query(manifest.leasesWithoutEntry),
    knownLeases: (ids) => query((db) => manifest.knownLeases(db, ids)),

    readQuarantine: () => tx(quarantines.readQuarantine),
    isQuarantined: () => query(quarantines.isQuarantined),
    quarantine: (added) => tx((db) => quarantines.quarantine(db, added)),
    laterEndsOf: (request) => query((db) => quarantines.laterEndsOf(db, request)),
    lostLeasesOn: (accessKey) => query((db) => lostLeases.lostLeasesOn(db, accessKey)),
    lostLeasesOf: (request) => query((db) => lostLeases.lostLeasesOf(db, request)),
    lostLeasesLeft: () => query(lostLeases.lostLeasesLeft),
    endLostRequest: (by, of) => tx((db) => events.endLostRequest(db, by, of)),
    takeLostLeases: (most, except) => query((db) => lostLeases.takeLostLeases(db, most, except)),
    readPlanLine: (lease) => query((db) => lostLeases.readPlanLine(db, lease)),
    endLostLease: (lease, seen) => query((db) => lostLeases.endLostLease(db, lease, seen)),
    writeQuarantineAnswer: (answer) => query((db) => quarantineAnswers.writeQuarantineAnswer(db, answer)),
    openQuarantineAnswers: () => query(quarantineAnswers.openQuarantineAnswers),
    quarantineAnswerOutcome: (id) => query((db) => quarantineAnswers.quarantineAnswerOutcome(db, id)),
    refuseQuarantineAnswer: (id, refusal) =>
      query((db) => quarantineAnswers.refuseQuarantineAnswer(db, id, refusal)),
    endQuarantine: (answer, decision) => tx((db) => quarantineAnswers.endQuarantine(db, answer, decision)),

    storeSecret: (lease, sealed) => tx((db) => secrets.storeSecret(db, lease, sealed)),
    deliver: (delivery) => tx((db) => secrets.deliver(db, delivery)),
    takeSecret: (delivered) => query((db) => secrets.takeSecret(db, delivered)),
    eraseSecret: (delivered) => query((db) => secrets.eraseSecret(db, delivered)),
    hasSecret: (lease) => query((db) => secrets.hasSecret(db, lease)),

    takeNotifications: (most, kind) => tx((db) => outbox.takeNotifications(db, most, kind)),
    redrawCards: (request) => query((db) => outbox.redrawCards(db, request)),
    backlog: () => query(outbox.backlog),
    overLimits: () => query(overLimits),
    keepNotification: (taken) => query((db) => outbox.keepNotification(db, taken)),
    markSent: (taken) => tx((db) => outbox.markSent(db, taken)),
    retryLater: (id, fault, afterMs) => query((db) => outbox.retryLater(db, id, fault, afterMs)),
    postedMessages: (request) => query((db) => messages.postedMessages(db, request)),
    claimPlace: (request, claim) => query((db) => messages.claimPlace(db, request, claim)),
    keepPlace: (request, claim) => query((db) => messages.keepPlace(db, request, claim)),
    releasePlace: (request, release) => query((db) => messages.releasePlace(db, request, release)),
    unansweredPosts: (request) => query((db) => messages.unansweredPosts(db, request)),
    forgetPost: (request, place) => query((db) => messages.forgetPost(db, request, place)),
    savePostedMessage: (request, message) => query((db) => messages.savePostedMessage(db, request, message)),
    addMessage: (request, message) => query((db) => messages.addMessage(db, request, message)),

    readMessagePreference: (person) => query((db) => preferences.readMessagePreference(db, person)),
    storeMessagePreference: (person, preference) =>
      query((db) => preferences.storeMessagePreference(db, person, preference)),
    deferMessage: (message) => query((db) => deferred.deferMessage(db, message)),
    takeDeferredMessages: () => query((db) => deferred.takeDeferredMessages(db)),
    markDeferredSent: (ids) => query((db) => deferred.markDeferredSent(db, ids)),
    requestsApprovedBy: (person, time) => query((db) => deferred.requestsApprovedBy(db, person, time)),

    shareMassEnding: (id, massEnding) => tx((db) => massEndings.shareMassEnding(db, id, massEnding)),
    writeMassEnding: (massEnding) => tx((db) => massEndings.writeMassEnding(db, massEnding)),
    readMassEnding: (id) => query((db) => massEndings.readMassEnding(db, id)),
    unfinishedMassEndings: () => query(scopes.unfinishedMassEndings),
    massEnd: (massEnding, of) => tx((db) => events.record(db, events.massEndStep(massEnding, of))),
    requestsToEnd: (id, most) => query((db) => scopes.requestsToEnd(db, id, most)),
    massEndingProgress: (id) => query((db) => massEndingProgress(db, id)),
    massEndingsToCutOff: () => query(cutOffs.massEndingsToCutOff),
    leasesToCutOff: (id, revokedToo) => query((db) => cutOffs.leasesToCutOff(db, id, revokedToo)),
    writeCutOff: (id, cutOff) => query((db) => cutOffs.writeCutOff(db, id, cutOff)),
    readCutOffs: (id) => query((db) => cutOffs.readCutOffs(db, id)),
    cutOffsInForce: (person) => query((db) => cutOffs.cutOffsInForce(db, person)),
    readScope: (scope, most, others) => query((db) => scopes.readScope(db, scope, most, others)),
    recentMassEndings: (except) => query((db) => massEndings.recentMassEndings(db, except)),
    readLocks: () => query(massEndings.readLocks),
    locksEndingIn: (letters) => query((db) => massEndings.locksEndingIn(db, letters)),
    lockOn: (request) => query((db) => massEndings.lockOn(db, request)),
    writeLift: (lift) => judgedTx((db) => writeLift(db, lift)),

    watch: watchChannel,
    close,
  };
}

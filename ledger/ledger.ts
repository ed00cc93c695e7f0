import type { AskedTurn, TakenTurn } from '../core/turns.ts';
import type { AccountFacts } from '../core/account.ts';
import type { ClickId, Instant, LeaseId, MassEndingId, PersonId, RequestId } from '../core/ids.ts';
import type { HeldRole } from '../core/curfew-role.ts';
import type { EndScope, MassEnding } from '../core/mass-ending.ts';
import type { NumberName } from '../core/numbers.ts';
import type { MessagePreference } from '../core/message-preference.ts';
import type { Shown } from '../core/request/shown.ts';
import type { RequestState } from '../core/request/state.ts';
import type { RequestedTarget } from '../core/target.ts';
import type { FoundRequests, ListPart, RefusedAttemptOf, VisibleRequests } from './access-questions.ts';
import type { UncheckedClick } from './account-checks.ts';
import type { ConsoleLedger } from './console/index.ts';
import type { AuditPage, AuditPart } from './audit-pages.ts';
import type { AuditQuery } from './audit-query.ts';
import type { Counted, CountLimit } from './count.ts';
import type { FirstLook, LookedAt } from './first-look.ts';
import type { FreeTextOfEvent, WrittenTexts } from './free-texts.ts';
import type { ClickKind } from '../core/click-kinds.ts';
import type { Click } from './clicks.ts';
import type { CutOffInForce, CutOffRecord, CutOffStep } from './cut-offs.ts';
import type { FindingsLedger } from './findings/index.ts';
import type { NewIntent, ObservedHolding } from './holdings.ts';
import type { Holding, Lease, OverdueLease, WaitingGrants } from './leases.ts';
import type { WrongLease } from './lease-rows.ts';
import type { NewLift } from './lifts.ts';
import type { HeldLock } from './lock.ts';
import type { KnownLease, ManifestWrite, StoredEntry } from './manifest-entries.ts';
import type { MassEndingProgress } from './mass-ending-progress.ts';
import type { ScopeContent } from './mass-ending-scope.ts';
import type { OverLimits } from './person-limits.ts';
import type { Backlog, Notification, NotificationKind, TakenNotification } from './outbox.ts';
import type { DeferredMessage } from './deferred-messages.ts';
import type { Claim, PostedMessage } from './posted-messages.ts';
import type { LogLedger } from './log/index.ts';
import type { LaterEnd, NewQuarantine, PlanLine, Quarantine } from './quarantine.ts';
import type { DecidedAnswer, QuarantineAnswer } from './quarantine-answers.ts';
import type { EndsLost, NumberedEvent, Recorded, RefusedAttempt, Step, Via } from './record.ts';
import type { ListedRequest } from './request-list.ts';
import type { NumberLists, NumberQuestion } from './numbers/index.ts';
import type { RequestPage, RequestPart, RequestSearch } from './request-search.ts';
import type { ReviewsLedger } from './reviews/index.ts';
import type { NewRequest, RequestFilter, RequestSummary } from './requests.ts';
import type { SaltedText } from './salted-text.ts';
import type { DeliveredSecret, Delivery } from './secrets.ts';
import type { UseLedger } from './use/index.ts';
import type { Doubt, Verification, VerificationsExcept } from './verifications.ts';
import type { WakeUp } from './wake-ups.ts';

/**
 * The ledger: the one authority about requests, leases and clicks. Every function is one question or one
 * transaction. Every function throws `Fault('ledger-unavailable')` while Postgres does not answer.
 */
export interface Ledger extends ConsoleLedger, FindingsLedger, LogLedger, ReviewsLedger, UseLedger {
  /** The time of the ledger's clock, by which every end and every lapse is decided (I23). */
  now(): Promise<Instant>;

  /**
   * Stores a click once, and returns the one that is stored. When it returns, the click is durable and will be acted on
   * (I16). The same ending again is the click that is stored. `source` is the channel's own id of what happened: the same one again is the same click (F18).
   */
  writeClick(click: Click, source?: string): Promise<Click>;
  readClick(id: ClickId): Promise<Click | undefined>;
  /** The click that caused a step, without what the person wrote; undefined for steps of the system. */
  readClickBehind(request: RequestId, step: string): Promise<Click | undefined>;
  /**
   * Takes up to `most` clicks of these kinds that have no outcome and do not wait for the check of their account. Each may be
   * taken again after `againMs` milliseconds.
   */
  takeClicks(kinds: readonly ClickKind[], most: number, againMs: number): Promise<readonly Click[]>;
  /** Takes up to `most` clicks of these kinds whose account is not checked. Each may be taken again after `againMs` milliseconds. */
  takeUncheckedClicks(
    kinds: readonly ClickKind[],
    most: number,
    againMs: number,
  ): Promise<readonly UncheckedClick[]>;
  /** Stores what the channel said about the account of a click, once. From then on the click can be decided. */
  storeAccountCheck(click: ClickId, facts: AccountFacts): Promise<void>;
  /** What the channel said about the account of a click; undefined while nobody asked. */
  readAccountCheck(click: ClickId): Promise<AccountFacts | undefined>;
  /** Accepts the submission of a request, so that its workflow is started and judges it. */
  acceptSubmission(click: Click): Promise<void>;
  /** Submissions that were accepted more than `graceMs` milliseconds ago and never judged. */
  unjudgedRequests(graceMs: number): Promise<readonly RequestId[]>;
  /** Stores the definite outcome of a click. */
  storeOutcome(id: ClickId, outcome: unknown): Promise<void>;
  /** The outcome of a click once it has one. */
  clickOutcome(id: ClickId): Promise<unknown>;

  /**
   * Opens a request: its row, its reason, its first two events. When the person has too many open requests, the refusal
   * is recorded instead. Calling it again changes nothing.
   */
  open(request: NewRequest): Promise<Recorded>;
  /** Decides one step on the ledger's own state and clock, and records its events. Idempotent by the step's name. */
  record(step: Step): Promise<Recorded>;
  /** Records a refusal that was decided without the state of the request. A step that was recorded before keeps its outcome. */
  recordRefusal(step: Omit<Step, 'command'>, refused: RefusedAttempt): Promise<Recorded['outcome']>;
  /** The state of a request, and the ledger's time. */
  readState(request: RequestId): Promise<{ state: RequestState; at: Instant }>;
  /** A request's events in order, from number `since` on, with at most 500 refusals. */
  readTrail(request: RequestId, since?: number): Promise<readonly NumberedEvent[]>;

  /** Takes up to `most` wake-ups that are not delivered. Each may be taken again later. */
  takeWakeUps(most: number): Promise<readonly WakeUp[]>;
  removeWakeUp(wakeUp: WakeUp): Promise<void>;

  /** A text of a person with a new salt and its hash, for a step that records it. It reads and writes nothing. */
  salted(text: string): SaltedText;
  /** What people wrote about a request, as far as it is not erased. Of several texts of one kind it is the last. */
  readFreeText(request: RequestId): Promise<WrittenTexts>;
  /** The questions of approvers and the answers of the requester, as far as they are not erased. */
  readQuestions(request: RequestId): Promise<readonly FreeTextOfEvent[]>;
  /** What was approved, target by target. */
  readTargets(request: RequestId): Promise<readonly RequestedTarget[]>;
  /** What the card of a request shows, as it was when the request was judged. */
  readShown(request: RequestId): Promise<Shown>;
  /** Requests that match every condition, newest first. */
  listRequests(filter: RequestFilter): Promise<readonly RequestSummary[]>;
  /** The same requests, with what was decided about them and the reasons that people gave. */
  listWithDecisions(filter: RequestFilter): Promise<readonly ListedRequest[]>;
  /** How many requests match, whatever the filter's limit. */
  countRequests(filter: RequestFilter): Promise<number>;
  /** At most two requests whose ids end in these characters. */
  requestsEndingIn(letters: string): Promise<readonly RequestId[]>;
  countOpenRequests(requester: PersonId): Promise<number>;
  /** Who holds an entitlement now, the soonest end first, and then the pending requests for it. */
  openRequestsFor(entitlement: string, part: ListPart): Promise<FoundRequests>;
  /** What a person holds now, the soonest end first, and then their pending requests. */
  openRequestsOf(requester: PersonId, part: ListPart): Promise<FoundRequests>;
  /** The closed requests of a person, the last one that was closed first. */
  closedRequestsOf(requester: PersonId, part: ListPart): Promise<FoundRequests>;
  /** All live access that a reader may see, the soonest end first. */
  liveRequests(visible: VisibleRequests, part: ListPart): Promise<FoundRequests>;
  /** The requests that were closed in the last `sinceMs` milliseconds, the last one first. */
  requestsClosedLately(sinceMs: number, part: ListPart): Promise<FoundRequests>;
  /** The attempts that were refused in the last `sinceMs` milliseconds, the last one first, and how many there are. */
  attemptsRefusedLately(
    sinceMs: number,
    part: ListPart,
  ): Promise<Readonly<{ attempts: readonly RefusedAttemptOf[]; count: number }>>;
  /** One page of the answer to a question of an auditor, the oldest row first. */
  auditPage(query: AuditQuery, part: AuditPart): Promise<AuditPage>;
  /** A question as a statement that a login with the role curfew_auditor can run. */
  auditSql(query: AuditQuery): string;
  /** How many rows an answer has, and when the newest was. Undefined when to count them takes too long. */
  countAuditRows(query: AuditQuery, limit: CountLimit): Promise<Counted | undefined>;
  /** How many accesses of an answer were held at each of these moments, which are in the order of time. */
  countAccess(query: AuditQuery, moments: readonly Instant[]): Promise<readonly number[]>;
  /** The rows of every list of numbers about a time. What was not there at all has no row. */
  readNumbers(question: NumberQuestion): Promise<NumberLists>;
  /** Counts the newest day or month that is over and not counted yet, or that changed since. Returns whether there may be more. */
  keepNumbers(): Promise<boolean>;
  /** A list of numbers as a statement that a login with the role curfew_auditor can run. */
  numbersSql(name: NumberName, question: NumberQuestion): string;
  /** One page of the requests that a search finds and a reader may see, the newest first. Throws for a place that no page named. */
  searchRequests(search: RequestSearch, visible: VisibleRequests, part: RequestPart): Promise<RequestPage>;
  /** A search as a statement that a login with the role curfew_auditor can run. */
  searchSql(search: RequestSearch): string;
  /** How many requests a search finds that a reader may see. It stops counting after `limit`, and then returns one more. */
  countSearched(search: RequestSearch, visible: VisibleRequests, limit: number): Promise<number>;
  /** Since when Curfew looks for access that it did not grant, at the targets of an entitlement or at a target. */
  firstLook(subject: LookedAt): Promise<FirstLook>;
  watchedTargets(): Promise<readonly string[]>;
  /** The requests that are pending or have access, by their requester. */
  openRequestsByRequester(): Promise<
    readonly Readonly<{ requester: PersonId; requests: readonly RequestId[] }>[]
  >;
  /** Requests that should have lapsed more than `graceMs` milliseconds ago, or whose extension should. */
  overdueRequests(graceMs: number): Promise<readonly RequestId[]>;

  /** Records the intent of a lease and ties the lease to its holding, before the first write to the provider (I2). */
  intend(intent: NewIntent): Promise<Recorded>;
  /** Lowers the prior state of an open holding to `shown`, what the provider shows now. It never raises it. */
  lowerPrior(
    holding: number,
    seen: Readonly<{ shown: string; ladder: readonly string[]; lock: HeldLock }>,
  ): Promise<void>;
  readLease(lease: LeaseId): Promise<Lease | undefined>;
  /** Everybody who has a role of Curfew by a live lease, as events say and by the clock of the ledger. */
  heldRoles(): Promise<readonly HeldRole[]>;
  /** True when this process can write to the lease over a new connection. It does not show that the ledger can record. */
  canWrite(lease: LeaseId): Promise<boolean>;
  /** What an account has at a target as the ledger says; undefined when no lease has access there. */
  readOpenHolding(
    provider: string,
    holding: Pick<ObservedHolding, 'key' | 'subject'>,
  ): Promise<Holding | undefined>;
  /** When a lease on this account and target was last revoked; undefined when none was. */
  lastRevokedAt(
    provider: string,
    holding: Pick<ObservedHolding, 'key' | 'subject'>,
  ): Promise<Instant | undefined>;
  /** The leases under a lock that a verification compares with the provider: granted ones, and those revoked lately. */
  leasesToVerify(key: string): Promise<readonly Lease[]>;
  leasesOf(request: RequestId): Promise<readonly Lease[]>;
  /** Takes up to `most` leases that must be revoked now, except those of `except`. Each is due again later. */
  takeDueLeases(
    most: number,
    except?: Readonly<{ leases?: readonly LeaseId[]; providers?: readonly string[] }>,
  ): Promise<readonly Lease[]>;
  /** Requests that have been granting for more than `afterMs` milliseconds. */
  stuckGrants(afterMs: number): Promise<readonly RequestId[]>;
  /** The first 50 leases past their end that are not revoked, those of one provider or all. */
  overdueLeases(provider?: string): Promise<readonly OverdueLease[]>;
  /** What approved grants wait for, as their last attempts say. */
  waitingGrants(): Promise<readonly WaitingGrants[]>;
  /** The requests that are not closed and have a lease whose row is not what the events say. */
  requestsWithWrongLeases(): Promise<readonly RequestId[]>;
  /** Sets the rows of a request's leases right. Returns those that were wrong. */
  correctLeases(request: RequestId): Promise<readonly WrongLease[]>;
  /** Stores why the last attempt at a lease failed, for `curfew doctor` and for the ending of a grant. */
  noteLeaseFault(lease: LeaseId, fault: string): Promise<void>;
  /** Notes for each grant that nothing has tried for `LIMITS.firstAttemptMinutes` that it waits for that. Returns their leases. */
  noteUntriedGrants(): Promise<readonly LeaseId[]>;
  /** Runs `work` while no other process works on the same key (F16). */
  withLock<T>(key: string, work: (lock: HeldLock) => Promise<T>): Promise<T>;
  /** Takes a turn at a vendor, which all processes share, or plans one. */
  takeTurn(provider: string, asked: AskedTurn): Promise<TakenTurn>;
  freeTurn(id: number): Promise<void>;
  /** Takes one access that may differ from the ledger, except those that the caller works on. It may be taken again later. */
  takeVerification(except: VerificationsExcept): Promise<Verification | undefined>;
  /** Ends a verification that succeeded. */
  endVerification(verification: Verification): Promise<void>;
  /** Marks the access under a lock, so that the sweeper verifies it also when this process is killed. */
  doubt(lock: Pick<HeldLock, 'key'>, doubt: Doubt): Promise<void>;
  /** Throws the fault `lock-lost` when another process took the lock since. */
  assertHeld(lock: HeldLock): Promise<void>;

  /** Gives a lease an entry in the manifest, and says that it must be written. Calling it again changes nothing. */
  addManifestEntry(lease: LeaseId): Promise<void>;
  /** Says that the entry of a lease must be written again. */
  wantManifestEntry(lease: LeaseId): Promise<void>;
  /** Those of these leases whose entry is not written as it must be, in this order. */
  unwrittenOf(leases: readonly LeaseId[]): Promise<readonly LeaseId[]>;
  /** Begins to write the entry of a lease, with the next serial. Read the lease after it. Undefined for a lease without an entry. */
  beginManifestWrite(lease: LeaseId): Promise<ManifestWrite | undefined>;
  /** Records that the entry is stored. Returns the serial of the one that it replaced; undefined for none. */
  endManifestWrite(write: ManifestWrite, state: StoredEntry['state']): Promise<number | undefined>;
  /** Takes up to `most` leases whose entry must be written. Each may be taken again after a time that grows to a minute. */
  takeUnwrittenEntries(most: number): Promise<readonly LeaseId[]>;
  /** The entries that are known to be stored: all that are live, and those that are over for less than three days. */
  storedEntries(): Promise<readonly StoredEntry[]>;
  /** The highest serial that was given out. */
  manifestSerial(): Promise<number>;
  /** The leases that may have access and have no entry. */
  leasesWithoutEntry(): Promise<readonly Readonly<{ lease: LeaseId; provider: string; spec: unknown }>[]>;
  /** What this ledger knows of each of these leases, which the manifest has. */
  knownLeases(leases: readonly LeaseId[]): Promise<readonly KnownLease[]>;

  /** The open quarantine; undefined when there is none. */
  readQuarantine(): Promise<Quarantine | undefined>;
  /** True while a quarantine is open. */
  isQuarantined(): Promise<boolean>;
  /** Begins a quarantine, or adds to the plan of the open one. */
  quarantine(quarantine: NewQuarantine): Promise<void>;
  /** The later ends of a request by the plan, while the quarantine is open. Whoever acts on one verifies its signature. */
  laterEndsOf(request: RequestId): Promise<readonly LaterEnd[]>;
  /** The lost leases of one access that is not known to be gone. */
  lostLeasesOn(accessKey: string): Promise<readonly PlanLine[]>;
  /** The lost leases of a request that are not known to be gone. */
  lostLeasesOf(request: RequestId): Promise<readonly PlanLine[]>;
  /** The lost leases that nobody has ended, and whose request this ledger does not have. */
  lostLeasesLeft(): Promise<readonly PlanLine[]>;
  /** Ends the lost leases of such a request. Whether somebody may is decided before. */
  endLostRequest(by: EndsLost, of: Readonly<{ request: RequestId; via: Via }>): Promise<Recorded['outcome']>;
  /** Takes lost leases that must be ended, except those that the caller works on. Each may be taken again later. */
  takeLostLeases(
    most: number,
    except: Readonly<{ leases: readonly LeaseId[]; providers: readonly string[] }>,
  ): Promise<readonly PlanLine[]>;
  /** The lost lease with this id, as the last plan has it. */
  readPlanLine(lease: LeaseId): Promise<PlanLine | undefined>;
  /** Records that a read showed that the access of a lost lease is gone. */
  endLostLease(lease: LeaseId, seen: string): Promise<void>;
  /** Stores that somebody wants to end the quarantine. The sweeper decides. */
  writeQuarantineAnswer(answer: QuarantineAnswer): Promise<void>;
  openQuarantineAnswers(): Promise<readonly QuarantineAnswer[]>;
  quarantineAnswerOutcome(id: string): Promise<DecidedAnswer | undefined>;
  refuseQuarantineAnswer(id: string, refusal: string): Promise<void>;
  /** Ends the quarantine for the answer of this person. Returns false when it is over already. */
  endQuarantine(
    answer: QuarantineAnswer,
    decision: Readonly<{ by: PersonId; serial: number }>,
  ): Promise<boolean>;

  /** Stores the sealed secret of a lease, and returns the one that is stored; undefined when it was erased. */
  storeSecret(lease: LeaseId, sealed: Buffer): Promise<Buffer | undefined>;
  /** Decides whether a person may be shown the secret of a lease. It stays until `eraseSecret`. */
  deliver(delivery: Delivery): Promise<Recorded>;
  /** The sealed secret; undefined when it was not delivered by this click, when it was erased, or when there is none. */
  takeSecret(delivered: DeliveredSecret): Promise<Buffer | undefined>;
  /** The secret was shown, so it leaves the ledger, and the cards are drawn again. */
  eraseSecret(delivered: DeliveredSecret): Promise<void>;
  /** True while a secret waits for its requester. */
  hasSecret(lease: LeaseId): Promise<boolean>;

  /** Takes the oldest unsent notifications of a kind, at most one of each request. */
  takeNotifications(most: number, kind: NotificationKind): Promise<readonly Notification[]>;
  /** Adds a notification that draws the cards of a request again, unless one waits. */
  redrawCards(request: RequestId): Promise<void>;
  /** What has waited for more than a minute, and before that notifications whose last attempt failed. */
  backlog(): Promise<Backlog>;
  /** Who tried something above a limit of one person in the last day, the most attempts first. At most ten. */
  overLimits(): Promise<readonly OverLimits[]>;
  /** The courier still works on the notification, so no other one takes it for the next 30 seconds. */
  keepNotification(notification: TakenNotification): Promise<void>;
  /** The notification is sent. When another courier took it meanwhile, the cards are drawn again. */
  markSent(notification: TakenNotification): Promise<void>;
  /** Makes a notification due again: after `afterMs` milliseconds, or after a pause that grows. */
  retryLater(notification: number, fault: string, afterMs?: number): Promise<void>;
  postedMessages(request: RequestId): Promise<readonly PostedMessage[]>;
  /** Claims a place for a new message. Undefined when another gateway posts it now, or has posted it. */
  claimPlace(
    request: RequestId,
    claim: Readonly<{ place: string; gone?: string | undefined }>,
  ): Promise<Claim | undefined>;
  /** Claims a place for longer. False when the claim was over and another gateway has taken the place. */
  keepPlace(request: RequestId, claim: Readonly<{ place: string; until: string }>): Promise<boolean>;
  /** This gateway does not post the message any more, so another attempt may. `isUnknown`: Slack did not answer. */
  releasePlace(request: RequestId, release: Readonly<{ place: string; isUnknown: boolean }>): Promise<void>;
  /** The places of messages that Slack did not answer for, which may be there, and since when. None that a gateway tries at this moment. */
  unansweredPosts(request: RequestId): Promise<readonly Readonly<{ place: string; triedSince: Instant }>[]>;
  /** The message is not there, so nobody looks for it any more. */
  forgetPost(request: RequestId, place: string): Promise<void>;
  savePostedMessage(request: RequestId, message: PostedMessage): Promise<void>;
  /** Makes a message a card of a request, unless it is one. Returns whether it was not one. */
  addMessage(request: RequestId, message: PostedMessage): Promise<boolean>;

  /** When a person wants messages; undefined when they did not say. */
  readMessagePreference(person: PersonId): Promise<MessagePreference | undefined>;
  storeMessagePreference(person: PersonId, preference: MessagePreference): Promise<void>;
  /** Sends a message later. One of each kind waits for a person and request, and one weekly summary for a person. */
  deferMessage(message: Omit<DeferredMessage, 'id'>): Promise<void>;
  /** Takes every message that is due for one person. Empty when none is due. */
  takeDeferredMessages(): Promise<readonly DeferredMessage[]>;
  /** These messages are sent, or nobody needs them any more. */
  markDeferredSent(ids: readonly number[]): Promise<void>;
  /** The requests that a person approved from one instant (inclusive) to another (exclusive). */
  requestsApprovedBy(
    person: PersonId,
    time: Readonly<{ from: Instant; to: Instant }>,
  ): Promise<readonly RequestId[]>;

  /** The mass ending of the same person for the same scope and lock that another click of theirs shares; undefined when a new one is needed. */
  shareMassEnding(
    id: MassEndingId,
    massEnding: Pick<MassEnding, 'by' | 'scope'> & Readonly<{ needs?: number }>,
  ): Promise<MassEndingId | undefined>;
  /** Stores a mass ending once. `needs`: how many people must lift its lock; left out when it has none. */
  writeMassEnding(massEnding: Omit<MassEnding, 'at' | 'lock'> & Readonly<{ needs?: number }>): Promise<void>;
  readMassEnding(id: MassEndingId): Promise<MassEnding | undefined>;
  /** Mass endings that have something to end, the oldest first. */
  unfinishedMassEndings(): Promise<readonly MassEnding[]>;
  /** Requests that a mass ending must still end, at most `most`. */
  requestsToEnd(massEnding: MassEndingId, most: number): Promise<readonly RequestId[]>;
  /** Ends one request for a mass ending: the one step of it. A request that is over already stays as it is. */
  massEnd(massEnding: MassEnding, of: Readonly<{ request: RequestId; via: Via }>): Promise<Recorded>;
  massEndingProgress(massEnding: MassEndingId): Promise<MassEndingProgress>;
  /** The mass endings with a lock of the last ten minutes. */
  massEndingsToCutOff(): Promise<readonly MassEnding[]>;
  /**
   * The leases that a mass ending ended, whose access was written to a provider and is not cut off yet. Those with a receipt are only
   * among them at the providers `revokedToo`.
   */
  leasesToCutOff(massEnding: MassEndingId, revokedToo: readonly string[]): Promise<readonly Lease[]>;
  /** Records a step of cutting off at a provider. */
  writeCutOff(massEnding: MassEndingId, step: CutOffStep): Promise<void>;
  readCutOffs(massEnding: MassEndingId): Promise<readonly CutOffRecord[]>;
  /** Where everything of a person was cut off and nothing of theirs was granted since: what a person has to undo there. */
  cutOffsInForce(person: PersonId): Promise<readonly CutOffInForce[]>;
  /** What a mass ending of this scope would end, with the first `most` requests. */
  readScope(scope: EndScope, most: number, others?: readonly PersonId[]): Promise<ScopeContent>;
  /** The newest mass endings of the last day, and of those whose lock is not lifted, except some. The newest is first. */
  recentMassEndings(except: readonly MassEndingId[]): Promise<readonly MassEnding[]>;
  /** The locks that are not lifted, the oldest first. */
  readLocks(): Promise<readonly MassEnding[]>;
  /** At most two locks that are not lifted and whose ids end in these characters. */
  locksEndingIn(letters: string): Promise<readonly MassEndingId[]>;
  /** The oldest lock whose scope has a request for these targets. */
  lockOn(
    request: Readonly<{ requester: PersonId; entitlement: string; targets: unknown }>,
  ): Promise<MassEnding | undefined>;
  /** Records that a person lifts the lock of a mass ending, and whose lifts count from now on. Each person counts once. */
  writeLift(lift: NewLift): Promise<void>;

  /** Calls `look` after each write to the channel and every two seconds, until stopped. */
  watch(
    channel:
      | 'curfew_click'
      | 'curfew_unchecked_click'
      | 'curfew_outbox'
      | 'curfew_wake_up'
      | 'curfew_finding',
    look: () => Promise<number>,
    onError: (error: unknown) => void,
  ): { stop(): Promise<void> };
  close(): Promise<void>;
}

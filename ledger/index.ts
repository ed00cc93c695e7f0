export type {
  FoundRequests,
  ListPart,
  RefusedAttemptOf,
  VisibleRequests,
} from './request/access-questions.ts';
export type { UncheckedClick } from './clicks/account-checks.ts';
export type { AuditCondition } from './questions/audit-conditions.ts';
export type { AuditPage, AuditPart, AuditRow } from './questions/audit-pages.ts';
export type { AuditQuery, MomentOfRecord } from './questions/audit-query.ts';
export { AUDIT_VIEWS, type AuditView } from './questions/audit-views.ts';
export type { Click, ClickBody } from './clicks/clicks.ts';
export type { CountAndNewest, CountLimit } from './count.ts';
export * from './console/index.ts';
export type { DeferredMessage } from './messages/deferred-messages.ts';
export * from './findings/index.ts';
export type { FirstLook, WatchedScope } from './questions/first-look.ts';
export { openHints } from './hints.ts';
export type { Holding, Lease, OtherLease, OverdueLease, WaitingGrants } from './leases/leases.ts';
export type { WrongLease } from './leases/lease-rows.ts';
export type { HeldLock } from './leases/lock.ts';
export * from './log/index.ts';
export type { MassEndingProgress } from './mass-endings/mass-ending-progress.ts';
export type { ScopeContent, ScopedRequest } from './mass-endings/mass-ending-scope.ts';
export {
  type DutyLedgers,
  type Ledger,
  type LedgerConnection,
  ledgerOver,
  type UseCaseRole,
} from './ledger.ts';
export { type LedgerOptions, openLedger } from './open-ledger.ts';
export type { KnownLease, ManifestWrite, StoredEntry } from './manifest-entries/manifest-entries.ts';
export type { Notification, NotificationKind, TakenNotification } from './messages/outbox.ts';
export type { PostedMessage } from './messages/posted-messages.ts';
export type { LaterEnd, NewQuarantine, PlanKind, PlanLine, Quarantine } from './quarantine/quarantine.ts';
export type { QuarantineAnswer } from './quarantine/quarantine-answers.ts';
export type { FreeTextOfEvent } from './request/free-texts.ts';
export type { NumberedEvent, RecordResult, Step, Via } from './request/record.ts';
export type { NumberLists, NumberQuestion, NumberRow } from './numbers/index.ts';
export { purge, type Purge, type PurgeEntry, type PurgeRefusal } from './purge/index.ts';
export * from './reviews/index.ts';
export { LEDGER_ROLES, type LedgerRole } from './roles.ts';
export type { DeliveredSecret } from './leases/secrets.ts';
export type { ListedRequest } from './request/request-list.ts';
export {
  type RequestPage,
  type RequestPart,
  type RequestRow,
  type RequestSearch,
  type SearchedState,
} from './request/request-search.ts';
export type { NewRequest, RequestFilter, RequestSummary } from './request/requests.ts';
export * from './use/index.ts';
export type { Doubt, Verification, VerificationsExcept } from './leases/verifications.ts';
export type { WakeUp } from './clicks/wake-ups.ts';
export { readServerState, type ServerState } from './server-state.ts';

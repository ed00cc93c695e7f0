export type { FoundRequests, ListPart, RefusedAttemptOf, VisibleRequests } from './access-questions.ts';
export type { UncheckedClick } from './account-checks.ts';
export type { AuditCondition } from './audit-conditions.ts';
export type { AuditPage, AuditPart, AuditRow } from './audit-pages.ts';
export type { AuditQuery, MomentOfRecord } from './audit-query.ts';
export { AUDIT_VIEWS, type AuditView } from './audit-views.ts';
export type { Click, ClickBody } from './clicks.ts';
export type { CountAndNewest, CountLimit } from './count.ts';
export * from './console/index.ts';
export type { DeferredMessage } from './deferred-messages.ts';
export * from './findings/index.ts';
export type { FirstLook, WatchedScope } from './first-look.ts';
export { openHints } from './hints.ts';
export type { Holding, Lease, OtherLease, OverdueLease, WaitingGrants } from './leases.ts';
export type { WrongLease } from './lease-rows.ts';
export type { HeldLock } from './lock.ts';
export * from './log/index.ts';
export type { MassEndingProgress } from './mass-ending-progress.ts';
export type { ScopeContent, ScopedRequest } from './mass-ending-scope.ts';
export { type Ledger, type LedgerConnection, ledgerOver } from './ledger.ts';
export { type LedgerOptions, openLedger } from './open-ledger.ts';
export type { KnownLease, ManifestWrite, StoredEntry } from './manifest-entries.ts';
export type { Notification, NotificationKind, TakenNotification } from './outbox.ts';
export type { PostedMessage } from './posted-messages.ts';
export type { LaterEnd, NewQuarantine, PlanKind, PlanLine, Quarantine } from './quarantine.ts';
export type { QuarantineAnswer } from './quarantine-answers.ts';
export type { FreeTextOfEvent } from './free-texts.ts';
export type { NumberedEvent, RecordResult, Step, Via } from './record.ts';
export type { NumberLists, NumberQuestion, NumberRow } from './numbers/index.ts';
export { purge, type Purge, type PurgeEntry, type PurgeRefusal } from './purge/index.ts';
export * from './reviews/index.ts';
export { LEDGER_ROLES, type LedgerRole } from './roles.ts';
export type { DeliveredSecret } from './secrets.ts';
export type { ListedRequest } from './request-list.ts';
export {
  type RequestPage,
  type RequestPart,
  type RequestRow,
  type RequestSearch,
  type SearchedState,
} from './request-search.ts';
export type { NewRequest, RequestFilter, RequestSummary } from './requests.ts';
export * from './use/index.ts';
export type { Doubt, Verification, VerificationsExcept } from './verifications.ts';
export type { WakeUp } from './wake-ups.ts';
export { readServerState, type ServerState } from './server-state.ts';

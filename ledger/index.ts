export type { AnswerBody, AnswerClick, Click, ClickKind, RequestBody } from './clicks.ts';
export type { Lease } from './leases.ts';
export type { Ledger } from './ledger.ts';
export { type LedgerOptions, openLedger } from './open-ledger.ts';
export type { PostedMessage, Notification } from './outbox.ts';
export type { NumberedEvent, Recorded, Step, Via } from './record.ts';
export type { NewRequest, RequestFilter, RequestSummary } from './requests.ts';

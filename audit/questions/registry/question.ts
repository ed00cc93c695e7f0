import type { AuditCondition, AuditView } from '../../../ledger/index.ts';
import type { Column } from './column.ts';

/** A limit in seconds that a question has as an option: more than it, or less. `usual` is used when nobody gives one. */
export type Seconds = Readonly<{ kind: 'over' | 'under'; about: string; usual: number; why: string }>;

/** How the page Findings shows a question. `about` says why it deserves a look. */
type Look = Readonly<{ id: string; title: string; about: string }>;

/** How evidence shows a question. Each of them is named by a control of `audit/evidence/controls.ts`. */
export type Evidence = Readonly<{
  title: string;
  /** How somebody knows that the answer is right and whole. */
  known: string;
  /** The scopes to which the question can be narrowed. One that cannot be narrowed has everything of the period. */
  narrows?: readonly ('entitlement' | 'provider')[];
  where?: readonly AuditCondition[];
  /** The answer has everything since the beginning of the period. */
  hasNoEnd?: true;
  /** Not the log but only the ledger answers it. */
  isNotInLog?: true;
}>;

/** A question of an auditor whose answer is a list. The terminal, the console, evidence and docs/audit.md read it. */
export type Question = Readonly<{
  about: string;
  view: AuditView;
  /** `during`: what was held in the period. `always`: the period does not matter. Left out: what happened in the period. */
  span?: 'during' | 'always';
  where?: readonly AuditCondition[];
  seconds?: Seconds;
  /** A person can be named, who did it. */
  byPerson?: string;
  columns: readonly Column[];
  /** The sentence for an answer without rows. It gets the limit in seconds. */
  empty: string | ((seconds: number) => string);
  example?: string;
  look?: Look;
  evidence?: Evidence;
}>;

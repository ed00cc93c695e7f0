import type { Bound } from '../bind.ts';
import { auditPage, countAuditRows } from './audit-pages.ts';
import { auditSql } from './audit-query.ts';
import { countAccess } from './count-access.ts';
import { firstLook, watchedTargets } from './first-look.ts';
import { readNumbers, keepNumbers } from '../numbers/index.ts';
import { numbersSql } from '../numbers/statements.ts';

/** The part of the ledger about questions of auditors, and the numbers. */
export const AUDIT = {
  query: { auditPage, countAccess, firstLook, watchedTargets, readNumbers, keepNumbers },
  tx: { countAuditRows },
  pure: { auditSql, numbersSql },
};

export interface AuditLedger extends Bound<typeof AUDIT> {}

import pg from 'pg';
import type { Instant } from '../../core/ids.ts';
import { type AuditCondition, type Bind, sqlOf } from './audit-conditions.ts';
import { AUDIT_VIEWS, type AuditView } from './audit-views.ts';
import { toTimestamp } from '../pool.ts';

/**
 * What was held between two moments, from only what had been recorded at another one. With a person or an entitlement, what Curfew granted to others is
 * not computed. The conditions of the query still decide.
 */
export type MomentOfRecord = Readonly<{
  at: Instant;
  from: Instant;
  to: Instant;
  person?: string;
  entitlement?: string;
}>;

/** What an answer is selected by. Only access has `known`. */
export type AuditQuery = Readonly<{
  view: AuditView;
  where: readonly AuditCondition[];
  known?: MomentOfRecord;
}>;

/** What the rows of an answer are read from. */
export const sourceOf = (view: AuditView, known: AuditQuery['known'], bind: Bind): string =>
  known
    ? `audit.access_as_known(${[
        ...[known.at, known.from, known.to].map((each) => bind(toTimestamp(each))),
        ...((known.person ?? known.entitlement)
          ? [known.person, known.entitlement].map(textOrNull(bind))
          : []),
      ].join(', ')})`
    : `audit.${view}`;

const textOrNull =
  (bind: Bind) =>
  (text: string | undefined): string =>
    text === undefined ? 'null' : bind(text);

/** A question as a statement that a login with the role curfew_auditor can run. */
export function auditSql({ view, where, known }: AuditQuery): string {
  const bind = (value: unknown): string =>
    typeof value === 'number'
      ? String(value)
      : literalOf(value instanceof Date ? value.toISOString() : String(value));
  const conditions = where.map((each) => sqlOf(each, bind));
  return [
    'select *',
    `  from ${sourceOf(view, known, bind)}${view === 'access' ? ' a' : ''}`, // Conditions of access name its rows.
    ...conditions.map(
      (each, index) => `${index === 0 ? ' where' : '   and'} ${each.replaceAll(/\s*\n\s*/g, ' ')}`,
    ),
    ` order by ${AUDIT_VIEWS[view][0]}, id;`,
  ].join('\n');
}

/** Characters that are not seen, or that change how others are seen. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** A text in SQL. Nobody can be deceived about the statement, so what is not seen is written as its number. */
function literalOf(text: string): string {
  if (text.search(INVISIBLE) < 0) return pg.escapeLiteral(text);
  const escaped = text
    .replaceAll("'", "''")
    .replaceAll('\\', '\\\\')
    .replaceAll(INVISIBLE, (each) => `\\+${(each.codePointAt(0) ?? 0).toString(16).padStart(6, '0')}`);
  return `U&'${escaped}'`;
}

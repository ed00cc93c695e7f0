import type { Instant } from '../../core/ids.ts';
import { type Bind, isTarget, isGivenBy } from './audit-conditions.ts';
import { type Db, toInstant } from '../pool.ts';

/** All targets, those of a provider or of an entitlement, or one of a provider or of any. */
export type WatchedScope = Readonly<
  | { kind: 'everything' }
  | { kind: 'provider'; name: string }
  | { kind: 'entitlement'; id: string }
  | { kind: 'target'; name: string; provider?: string }
>;

/** Since when Curfew looks at the targets of an entitlement, or at a target. */
export type FirstLook =
  /** It knows no such target. */
  | Readonly<{ kind: 'none' }>
  /** No look at one of them has ended yet. */
  | Readonly<{ kind: 'never' }>
  | Readonly<{ kind: 'since'; at: Instant }>;

/** Since when Curfew looks for access that it did not grant, at the targets of an entitlement or at a target. */
export async function firstLook(db: Db, subject: WatchedScope): Promise<FirstLook> {
  const values: unknown[] = [];
  const where = whereLooked(subject, (value) => `$${values.push(value)}`);
  const { rows } = await db.query<{ count: number; looked: number; at: Date | null }>(
    `select count(*)::integer as count, count(first_looked_at)::integer as looked, max(first_looked_at) as at
       from audit.target a where ${where}`,
    values,
  );
  const [{ count, looked, at } = { count: 0, looked: 0, at: null }] = rows;
  if (count === 0) return { kind: 'none' };
  return looked < count || at === null ? { kind: 'never' } : { kind: 'since', at: toInstant(at) };
}

/** The targets at which Curfew looks, as the catalogue names them. */
export async function watchedTargets(db: Db): Promise<readonly string[]> {
  const { rows } = await db.query<{ name: string }>(
    'select distinct target_name as name from audit.target order by 1',
  );
  return rows.map(({ name }) => name);
}

function whereLooked(subject: WatchedScope, bind: Bind): string {
  switch (subject.kind) {
    case 'everything':
      return 'true';
    case 'provider':
      return `provider = ${bind(subject.name)}`;
    case 'entitlement':
      return isGivenBy(bind(subject.id));
    case 'target':
      return isTarget(subject, bind);
  }
}

import type { ReviewOrder, ReviewScope } from '../../core/reviews/review.ts';
import type { Bind } from '../questions/audit-conditions.ts';
import { toTimestamp } from '../pool.ts';

/** An account of a person at a provider. Standing access is known by its account alone. */
export type ReviewedAccount = Readonly<{ provider: string; name: string }>;

/** What a population is selected by. `accounts`: those that the people of the scope have. */
export type PopulationOrder = Pick<ReviewOrder, 'scope' | 'from' | 'to'> &
  Readonly<{ accounts: readonly ReviewedAccount[] }>;

/** The ids of what was held in a period and is in a scope, as a statement with the column `id`. */
export function populationSql({ scope, from, to, accounts }: PopulationOrder, bind: Bind): string {
  const during = `during && tstzrange(${bind(toTimestamp(from))}, ${bind(toTimestamp(to))}, '[]')`;
  // Only a scope of approvers needs what was approved, which takes longer to read.
  const source = scope.approver
    ? 'audit.granted_access'
    : `(select * from audit.access where basis = 'granted') g`;
  const grants = `select id from ${source} where ${[during, ...grantConditions(scope, bind)].join(' and ')}`;
  // Nobody approved standing access in Curfew.
  if (scope.approver) return grants;
  const standing = [`basis <> 'granted'`, during, ...standingConditions({ scope, accounts }, bind)];
  return `${grants} union all select id from audit.access where ${standing.join(' and ')}`;
}

const isOneOf = (column: string, ids: readonly string[] | undefined, bind: Bind): readonly string[] =>
  ids === undefined ? [] : [`${column} = any (${bind(ids)}::text[])`];

const grantConditions = (scope: ReviewScope, bind: Bind): readonly string[] => [
  ...isOneOf('person', scope.person, bind),
  ...isOneOf('entitlement', scope.entitlement, bind),
  ...isOneOf('provider', scope.provider, bind),
  ...(scope.approver === undefined ? [] : [`approved_by && ${bind(scope.approver)}::text[]`]),
];

/** Access that Curfew did not grant is in the scope of an entitlement when it is at one of its targets, and in that of a person when it is of their account. */
const standingConditions = (
  { scope, accounts }: Pick<PopulationOrder, 'scope' | 'accounts'>,
  bind: Bind,
): readonly string[] => [
  ...isOneOf('provider', scope.provider, bind),
  ...(scope.entitlement === undefined
    ? []
    : [
        `(provider, target_name) in (select t.provider, t.target_name from audit.target t where t.entitlements && ${bind(scope.entitlement)}::text[])`,
      ]),
  ...(scope.person === undefined
    ? []
    : [
        `(provider, lower(account_name)) in (select a.provider, lower(a.name)
            from unnest(${bind(accounts.map(({ provider }) => provider))}::text[], ${bind(accounts.map(({ name }) => name))}::text[]) as a (provider, name))`,
      ]),
];

import type { Instant } from '../../core/ids.ts';
import { toTimestamp } from '../pool.ts';

/** What a row of an answer must be. `during` is the time of an access. */
export type AuditCondition = Readonly<
  | { kind: 'is'; column: string; value: string }
  | { kind: 'missing' | 'present'; column: string }
  | { kind: 'same'; column: string; other: string }
  | { kind: 'from' | 'to'; column: string; at: Instant }
  | { kind: 'over' | 'under'; column: string; value: number }
  | { kind: 'during'; from: Instant; to: Instant }
  | { kind: 'target'; name: string; provider?: string }
  | { kind: 'not-granted' }
  /** Access that Curfew did not grant, of the account with this name. */
  | { kind: 'not-granted-of-account'; provider: string; name: string }
  /** Access that Curfew did not grant, at the targets that an entitlement gives in the catalogue, or that its leases gave. */
  | { kind: 'not-granted-at-targets-of'; entitlement: string }
  /** Access that Curfew did not grant, of the accounts with which a person had leases. */
  | { kind: 'not-granted-of-accounts-of'; person: string }
  | { kind: 'any' | 'all'; of: readonly AuditCondition[] }
>;

/** Puts a value into a statement, and returns how the statement names it. */
export type Bind = (value: unknown) => string;

/** A row is about the target with this name, at one provider or at any. */
export const isTarget = (
  { name, provider }: Readonly<{ name: string; provider?: string }>,
  bind: Bind,
): string =>
  [`target_name = ${bind(name)}`, ...(provider === undefined ? [] : [`provider = ${bind(provider)}`])].join(
    ' and ',
  );

/** A condition in SQL. */
export function sqlOf(condition: AuditCondition, bind: Bind): string {
  switch (condition.kind) {
    case 'is':
      return `"${condition.column}" = ${bind(condition.value)}`;
    case 'missing':
      return `"${condition.column}" is null`;
    case 'present':
      return `"${condition.column}" is not null`;
    case 'same':
      return `"${condition.column}" = "${condition.other}"`;
    case 'from':
      return `"${condition.column}" >= ${bind(toTimestamp(condition.at))}`;
    case 'to':
      return `"${condition.column}" <= ${bind(toTimestamp(condition.at))}`;
    case 'over':
      return `"${condition.column}" > ${bind(condition.value)}`;
    case 'under':
      return `"${condition.column}" < ${bind(condition.value)}`;
    case 'during':
      return `during && tstzrange(${bind(toTimestamp(condition.from))}, ${bind(toTimestamp(condition.to))}, '[]')`;
    case 'target':
      return isTarget(condition, bind);
    case 'not-granted':
      return `basis <> 'granted'`;
    case 'not-granted-of-account':
      return `(basis <> 'granted' and provider = ${bind(condition.provider)} and lower(account_name) = lower(${bind(condition.name)}))`;
    case 'not-granted-at-targets-of':
      return `(basis <> 'granted' and ${isGivenBy(bind(condition.entitlement))})`;
    case 'not-granted-of-accounts-of':
      return `(basis <> 'granted' and exists
               (select from audit.access g where g.person = ${bind(condition.person)} and g.provider = a.provider and g.account_id = a.account_id))`;
    case 'any':
      return `(${condition.of.map((each) => sqlOf(each, bind)).join(' or ')})`;
    case 'all':
      return `(${condition.of.map((each) => sqlOf(each, bind)).join(' and ')})`;
  }
}

/** The target of a row of `a` is one that an entitlement gives in the catalogue, or that its leases gave. */
export const isGivenBy = (entitlement: string): string =>
  `(exists (select from audit.access g where g.entitlement = ${entitlement} and g.provider = a.provider and g.target_name = a.target_name)
    or exists (select from audit.target t where ${entitlement} = any (t.entitlements) and t.provider = a.provider and t.target_name = a.target_name))`;

import type { AuditCondition, AuditView } from '../ledger/index.ts';
import type { FindingTarget, Policy, Sight } from '../policy/index.ts';

/** The rows of a view that somebody may see. `isOwn`: they are about what this person did or requested. */
export type VisibleRows = Readonly<
  { kind: 'all' | 'none' } | { kind: 'some'; where: AuditCondition; isOwn: boolean }
>;

type Rights = Pick<Policy, 'current' | 'findingDeciders'>;

/** An auditor sees every row. Others see what was refused of their own requests, what they approved, and the findings that concern them. */
export async function visibleRows(policy: Rights, sight: Sight, view: AuditView): Promise<VisibleRows> {
  if (sight.isAuditor) return { kind: 'all' };
  const { reader } = sight;
  switch (view) {
    case 'approval':
      return { kind: 'some', where: { kind: 'is', column: 'person', value: reader }, isOwn: true };
    case 'refusal':
      return { kind: 'some', where: refusedOf(reader), isOwn: true };
    case 'finding':
    case 'finding_decision':
      return visibleFindings(policy, sight);
    default:
      return { kind: 'none' };
  }
}

/** What was refused about a person's requests, also when no request was opened. What they tried at requests of others names those. */
const refusedOf = (reader: string): AuditCondition => ({
  kind: 'any',
  of: [
    { kind: 'is', column: 'requester', value: reader },
    {
      kind: 'all',
      of: [
        { kind: 'missing', column: 'requester' },
        { kind: 'is', column: 'person', value: reader },
      ],
    },
  ],
});

/** A target that no entitlement gives. Who decides about it decides about every target. */
const NO_TARGET: FindingTarget = { provider: '', targetName: '' };

/** All findings for whom `security` of the catalogue names, else those at the targets of the entitlements that somebody owns. */
async function visibleFindings(
  policy: Rights,
  { reader, owns }: Pick<Sight, 'reader' | 'owns'>,
): Promise<VisibleRows> {
  const deciders = await policy.findingDeciders(NO_TARGET);
  if (deciders.ok && deciders.value.includes(reader)) return { kind: 'all' };
  const known = await policy.current();
  if (!known.ok) return { kind: 'none' };
  const names = [...known.value.entitlements.values()]
    .filter(({ id }) => owns.has(id))
    .flatMap(({ targets }) => targets.map(({ provider, lockKey }) => [provider, lockKey] as const));
  const targets = new Map(
    names.map(([provider, name]) => [JSON.stringify([provider, name]), { provider, name }]),
  );
  if (targets.size === 0) return { kind: 'none' };
  const of = [...targets.values()].map((target) => ({ kind: 'target', ...target }) as const);
  return { kind: 'some', where: { kind: 'any', of }, isOwn: false };
}

import type { NewFinding } from '../../ledger/index.ts';
import type { FoundAccess, Provider } from '../../providers/provider.ts';

/** A finding about what one account has at a target. `targetName` is the key of the target's name in the catalogue. */
export const newFinding = (
  provider: Provider,
  target: unknown,
  { subject, level, sources, whyNoRevoke }: FoundAccess,
  targetName = provider.lockKey(target),
): NewFinding => ({
  kind: 'access',
  provider: provider.name,
  targetKey: provider.targetKey(target),
  targetName,
  target,
  what: provider.describeFound(target, level),
  subject,
  level,
  onLadder: provider.ladder(target).includes(level),
  sources: sources.map((source) => ({ level: source.level, through: source.through })),
  ...(whyNoRevoke === undefined ? {} : { whyNoRevoke }),
});

import { createHash } from 'node:crypto';
import type { Finding } from '../../core/findings/finding.ts';

/**
 * Names what somebody is shown of a finding: 32 hexadecimal digits over the account, the target, the level and where it comes from. A decision
 * counts only for what its person saw (I11). The order of the sources means nothing.
 */
export function seenDigest({ kind, provider, targetKey, subject, level, sources }: Finding): string {
  const from = sources.map((source) => JSON.stringify([source.level, source.through])).sort();
  const text = JSON.stringify([kind, provider, targetKey, subject.id, level, from]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

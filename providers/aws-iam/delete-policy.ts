import { Fault } from '../../core/faults.ts';
import type { Intent, Receipt } from '../provider.ts';
import type { IamApi } from './api.ts';
import { changedByHand, namedTooLate } from './policy-drift.ts';
import { policyName, policyPrefix } from './policy.ts';
import type { PolicyTarget } from './target.ts';

/** Deletes every policy with the mark of the lease, also one that somebody made by hand. */
export async function deletePolicy(
  api: IamApi,
  intent: Intent<PolicyTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { subject, lease, endsAt } = intent;
  const policiesOfLease = async () =>
    (await api.policyNames(subject.name, signal)).filter((name) => name.startsWith(policyPrefix(lease)));
  const shown = await policiesOfLease();
  const changes = await changesOf(api, intent, shown, signal);
  // The name of this intent is deleted also when the list does not show it: the list may be older than an earlier
  // attempt's write.
  for (const name of new Set([policyName(lease, endsAt), ...shown]))
    await api.deletePolicy(subject.name, name, signal);
  const left = await policiesOfLease();
  if (left.length > 0) throw new Fault('not-verified', `aws-iam: IAM still lists ${left.join(', ')}`);
  return {
    level: 'none',
    found: shown.length > 0 ? 'present' : 'none',
    seen: `${subject.name} (${subject.id}) has no policy of ${lease}`,
    ...(shown.length > 0 && { lowered: true }),
    ...(changes.length > 0 && { note: `${changes.join('; ')}. Curfew deleted it.` }),
  };
}

/** What somebody changed by hand before the end. A policy that cannot be read is deleted all the same. */
async function changesOf(
  api: IamApi,
  { subject, target, endsAt }: Intent<PolicyTarget>,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const changes: string[] = [];
  for (const name of names) {
    try {
      const text = await api.policy(subject.name, name, signal);
      changes.push(...(text === undefined ? [] : [changedByHand(target, name, text) ?? []].flat()));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      changes.push(`whether somebody changed the policy ${name} could not be read (${error.code})`);
    }
    changes.push(...[namedTooLate(name, endsAt) ?? []].flat());
  }
  return changes;
}

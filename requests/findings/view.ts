import type { Finding } from '../../core/findings/finding.ts';
import type { PersonId } from '../../core/ids.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { Policy } from '../../policy/index.ts';

/** A finding, the person of its account when people.yaml has one, and who may decide about it. */
export type FindingView = Readonly<{
  finding: Finding;
  person?: PersonId;
  deciders: readonly PersonId[];
}>;

/** What people are shown of findings. The error says why the policy cannot be read. */
export async function viewFindings(
  policy: Pick<Policy, 'findingDeciders' | 'ownerOf'>,
  findings: readonly Finding[],
): Promise<Result<readonly FindingView[], string>> {
  const views: FindingView[] = [];
  for (const finding of findings) {
    const deciders = await policy.findingDeciders(finding);
    if (!deciders.ok) return no(deciders.error);
    const owner = await policy.ownerOf(finding.provider, finding.subject.name);
    if (!owner.ok) return no(owner.error);
    const person = owner.value ?? finding.leaseOf;
    views.push({ finding, deciders: deciders.value, ...(person === undefined ? {} : { person }) });
  }
  return ok(views);
}

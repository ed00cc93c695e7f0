import { messageOf } from '../../core/faults.ts';
import type { CutOff, CutOffResult, Subject } from '../provider.ts';
import type { IamApi } from './api.ts';
import type { AwsIamTarget } from './target.ts';
import { findUser } from './user.ts';

/** One policy of this name for each user. It is written again when the person is cut off again. */
const POLICY_NAME = 'curfew-cut-off';

/**
 * Refuses everything to the temporary credentials of a user that were issued before this time. AWS's own button "Revoke active sessions" puts
 * the same policy on a role (IAM User Guide, _Revoke IAM role temporary security credentials_). This one is the user's own, so it is about one
 * person. It refuses nothing that is issued later, and a call with an access key has no such time, so it does no harm when it stays.
 */
export const cutOffDocument = (before: Date): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'CurfewCutOff',
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { DateLessThan: { 'aws:TokenIssueTime': before.toISOString() } },
      },
    ],
  });

/**
 * Ends the temporary credentials and the access keys of each user, where everything of a person ends. Curfew's own grants of others are not
 * touched: of an entitlement, nothing can be cut off with fewer calls than one for each lease.
 */
export async function cutOff(
  api: IamApi,
  { leases, wholeAccount }: CutOff<AwsIamTarget>,
  signal: AbortSignal,
  now = new Date(),
): Promise<CutOffResult | undefined> {
  if (!wholeAccount) return undefined;
  const users = new Map(leases.map((each) => [each.subject.id, each]));
  const results: CutOffResult[] = [];
  for (const { subject, target } of users.values()) {
    // An account that was deleted and created again under this name is another person's.
    if (await findUser(api, subject, target, signal))
      results.push(await cutOffUser(api, subject, { signal, now }));
  }
  if (results.length === 0) return undefined;
  return {
    seen: results.map(({ seen }) => seen).join('; '),
    toUndo: results.flatMap(({ toUndo }) => toUndo),
  };
}

/** The two do not depend on each other, so when one is refused, the other is done. */
async function cutOffUser(
  api: IamApi,
  { name }: Subject,
  { signal, now }: Readonly<{ signal: AbortSignal; now: Date }>,
): Promise<CutOffResult> {
  const sessions = await api.putPolicy(name, POLICY_NAME, cutOffDocument(now), signal).then(
    () => `sessions of ${name} from before ${now.toISOString()} are refused by the policy ${POLICY_NAME}`,
    (error: unknown) => `sessions of ${name} are not refused: ${messageOf(error)}`,
  );
  const deactivated: string[] = [];
  const keys = await deactivateKeys(api, name, { signal, deactivated }).then(
    () => `${deactivated.length} access keys are deactivated`,
    (error: unknown) =>
      `${deactivated.length} access keys are deactivated, and the others are not: ${messageOf(error)}`,
  );
  return {
    seen: `${sessions}; ${keys}`,
    toUndo: deactivated.map((key) => `Activate the access key ${key} of ${name}, or replace it.`),
  };
}

async function deactivateKeys(
  api: IamApi,
  name: string,
  { signal, deactivated }: Readonly<{ signal: AbortSignal; deactivated: string[] }>,
): Promise<void> {
  for (const key of await api.activeKeys(name, signal)) {
    await api.deactivateKey(name, key, signal);
    deactivated.push(key);
  }
}

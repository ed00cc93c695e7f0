import { describe, expect, test } from '@jest/globals';
import { type Instant, leaseIdOf } from '../../core/ids.ts';
import type { IamApi } from '../../providers/aws-iam/api.ts';
import { putPolicy } from '../../providers/aws-iam/inline-policy.ts';
import { documentFor, policyName } from '../../providers/aws-iam/policy.ts';
import type { PolicyTarget } from '../../providers/aws-iam/target.ts';
import { request } from '../core/request/request.fixture.ts';

const never = new AbortController().signal;
const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;
const statement = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'] };
const target = { kind: 'policy', statements: [statement] } as unknown as PolicyTarget;
const subject = { id: 'AIDA1', name: 'ana' };
const lease = leaseIdOf(request, 0);
const intent = { lease, subject, target, level: 'present', endsAt };
const name = policyName(lease, endsAt);
const written = documentFor(target.statements, endsAt);

/** IAM that shows this document of the policy after the write, and does nothing else. */
function iamThatShows(document: object | undefined) {
  const calls: string[] = [];
  const api = {
    policyNames: () => Promise.resolve([]),
    putPolicy: (_user: string, policy: string) => (calls.push(`put ${policy}`), Promise.resolve()),
    user: () => Promise.resolve({ ...subject, account: '123456789012' }),
    policy: () => Promise.resolve(document && JSON.stringify(document)),
  } as unknown as IamApi;
  return { api, calls };
}

describe('a grant of a policy is verified by reading it back (I2, F15)', () => {
  test('the same document is the receipt, whatever the order of its keys', async () => {
    const { api, calls } = iamThatShows(Object.fromEntries(Object.entries(written).reverse()));
    expect(await putPolicy(api, intent, never)).toEqual({
      level: 'present',
      seen: `ana (AIDA1) has the policy ${name} until 2027-01-02T12:00:00Z`,
    });
    expect(calls).toEqual([`put ${name}`]);
  });

  const later = documentFor(target.statements, (endsAt + 60_000) as Instant);
  const wider = documentFor(
    [{ ...statement, Action: ['s3:*'] }] as unknown as PolicyTarget['statements'],
    endsAt,
  );
  test.each<[string, object | undefined]>([
    ['no document', undefined],
    ['a document with a later end', later],
    ['a document with more permissions', wider],
    ['a document without a condition', { ...written, Statement: [statement] }],
  ])('%s is no receipt', async (_what, document) => {
    await expect(putPolicy(iamThatShows(document).api, intent, never)).rejects.toMatchObject({
      code: 'not-verified',
    });
  });
});

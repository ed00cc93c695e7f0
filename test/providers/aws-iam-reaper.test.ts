import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  DeleteUserPolicyCommand,
  GetUserCommand,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
} from '@aws-sdk/client-iam';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { iamClient } from '../../providers/aws-iam/client.ts';
import { awsIamProvider, awsIamRemover, type AwsIamTarget } from '../../providers/aws-iam/index.ts';
import type { ManagedObject } from '../../providers/provider.ts';
import { onlyRemoves } from '../../providers/aws-iam/removal-calls.ts';
import { startAuthorizer } from './aws-iam-authorizer.fixture.ts';
import { BOUNDARY, GRANTER, GRANTS, REAPER, REAPS, withMore } from './aws-iam-docs.fixture.ts';
import { lease } from './aws-iam-lease.fixture.ts';
import { ACCOUNT, ana, memoryIam } from './aws-iam-memory.fixture.ts';
import { serveIam } from './aws-iam-server.fixture.ts';
import type { Document } from './iam-evaluator.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const endsAt = Date.UTC(2020, 0, 2, 12) as Instant;
const POLICY: AwsIamTarget = {
  kind: 'policy',
  statements: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'] }],
};
const GROUP: AwsIamTarget = { kind: 'group', group: 'deployers' };

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** An IAM that judges each call by the policy of the caller. */
async function account(reaps: Document = REAPS) {
  const { api } = memoryIam([ana({ boundary: BOUNDARY })]);
  const server = await serveIam(api);
  stops.push(server.stop);
  const at = async (arn: string, document: Document) => {
    const places = { account: ACCOUNT, boundaryOf: () => BOUNDARY };
    const authorizer = await startAuthorizer(server.endpoint, () => ({ arn, documents: [document] }), places);
    stops.push(authorizer.stop);
    const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 's' };
    return { deps: { endpoint: authorizer.url, credentials }, calls: authorizer.calls };
  };
  const reaper = await at(REAPER, reaps);
  return {
    granter: awsIamProvider((await at(GRANTER, GRANTS)).deps),
    remover: awsIamRemover(reaper.deps),
    calls: reaper.calls,
  };
}

async function granted(target: AwsIamTarget) {
  const all = await account();
  const seen = await all.granter.observe({ account: 'ana', target }, neverAborts);
  const level = all.granter.level(target);
  const intent = { lease, subject: seen.subject, target: seen.target, level, endsAt };
  await all.granter.ensurePresent(intent, neverAborts);
  return { ...all, intent };
}

describe('the documented policy of the reaper', () => {
  test('allows every call that ends a policy that the list shows (F07)', async () => {
    const { remover, calls } = await granted(POLICY);
    const [object] = await remover.listManaged(neverAborts);
    expect(object).toMatchObject({ lease, subject: 'ana', subjectId: 'AIDA1', endsAt });
    expect(await remover.endManaged(object as ManagedObject, neverAborts)).toMatchObject({
      level: 'none',
      lowered: true,
    });
    expect(await remover.listManaged(neverAborts)).toEqual([]);
    expect(calls.filter(({ allowed }) => !allowed)).toEqual([]);
  });

  test.each([
    ['a policy', POLICY],
    ['a membership', GROUP],
  ])('allows every call that ends %s of the manifest (F07)', async (_what, target) => {
    const { remover, intent, granter, calls } = await granted(target);
    expect(await remover.ensureAbsent({ ...intent, level: 'none' }, neverAborts)).toMatchObject({
      level: 'none',
      lowered: true,
    });
    expect(await granter.ensureAbsent({ ...intent, level: 'none' }, neverAborts)).toMatchObject({
      level: 'none',
      found: 'none',
    });
    expect(calls.filter(({ allowed }) => !allowed)).toEqual([]);
  });

  test('is exactly enough, and a preflight says what is too much', async () => {
    const input = { targets: [], duty: 'reap' } as const;
    expect((await (await account()).remover.preflight(input, neverAborts)).permissions).toEqual([]);
    const more = await account(withMore(REAPS, 'iam:PutUserPolicy', 'arn:aws:iam::123456789012:user/*'));
    expect((await more.remover.preflight(input, neverAborts)).permissions).toEqual([
      { severity: 'excess', what: 'iam:PutUserPolicy on ana' },
    ]);
  });
});

describe('the client of the reaper', () => {
  const member = { UserName: 'ana', GroupName: 'deployers' };
  const policy = { UserName: 'ana', PolicyName: 'p' };
  const client = () =>
    onlyRemoves(
      iamClient({ endpoint: 'http://127.0.0.1:1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }),
    );
  test.each([
    ['PutUserPolicy', new PutUserPolicyCommand({ ...policy, PolicyDocument: '{}' })],
    ['AddUserToGroup', new AddUserToGroupCommand(member)],
    [
      'AttachUserPolicy',
      new AttachUserPolicyCommand({ UserName: 'ana', PolicyArn: 'arn:aws:iam::aws:policy/X' }),
    ],
    ['CreateAccessKey', new CreateAccessKeyCommand({ UserName: 'ana' })],
  ])('refuses %s before anything is sent (I24)', async (name, command) => {
    await expect(client().send(command as never)).rejects.toThrow(
      `provider-forbidden: aws-iam: ${name} is not in the list of calls that the reaper may send`,
    );
  });

  test.each([
    ['GetUser', new GetUserCommand({ UserName: 'ana' })],
    ['DeleteUserPolicy', new DeleteUserPolicyCommand(policy)],
    ['RemoveUserFromGroup', new RemoveUserFromGroupCommand(member)],
  ])('sends %s', async (_name, command) => {
    await expect(client().send(command as never)).rejects.toThrow(/ECONNREFUSED/);
  });
});

test('an object that names another lease than its policy is refused', async () => {
  const { remover } = await granted(POLICY);
  const [object] = await remover.listManaged(neverAborts);
  await expect(
    remover.endManaged({ ...(object as ManagedObject), what: 'everything' }, neverAborts),
  ).rejects.toThrow('provider-refused: aws-iam: everything is not the name of a policy of');
});

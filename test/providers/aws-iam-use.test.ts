import { describe, expect, test } from '@jest/globals';
import type { Instant, LeaseId } from '../../core/ids.ts';
import type { Use } from '../../core/use.ts';
import { awsIamProvider } from '../../providers/aws-iam/index.ts';
import { lastAccessedApi, type LastAccessed } from '../../providers/aws-iam/last-accessed.ts';
import type { AwsIamTarget } from '../../providers/aws-iam/target.ts';
import { LATE_MS, readUse, usableParts, useOf } from '../../providers/aws-iam/use.ts';
import { clientThat, missing } from './aws-iam-client.fixture.ts';
import { until } from '../until.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

// moto does not have GenerateServiceLastAccessedDetails, so the answers here are those of IAM's API reference.

const HOUR = 3_600_000;
const NOON = Date.UTC(2027, 0, 2, 12);
const at = (hours: number): Instant => (NOON + hours * HOUR) as Instant;
const statement = (...Action: readonly string[]) => ({ Effect: 'Allow', Action, Resource: ['*'] }) as const;
const target: AwsIamTarget = { kind: 'policy', statements: [statement('s3:GetObject', 'ec2:Describe*')] };
const whole = { grantedAt: at(0), endedAt: at(2), now: at(7) };

describe('what the report says of a lease', () => {
  const of = (s3: Instant | null | undefined, facts = whole): Use =>
    useOf(['s3'], new Map(s3 === undefined ? [] : [['s3', s3]]) as LastAccessed, facts);

  test.each<[what: string, Use, expected: object]>([
    [
      'a use in the time of the lease',
      of(at(1)),
      { kind: 'known', amount: 1, unit: 'services', last: at(1) },
    ],
    [
      'no use since the grant',
      of(at(-1)),
      { kind: 'known', amount: 0, covers: { from: at(0), until: at(2) } },
    ],
    ['no use in 400 days', of(null), { kind: 'known', amount: 0, parts: [{ part: 's3', use: 'not-used' }] }],
    [
      'a service that is not listed',
      of(undefined),
      { kind: 'unknown', why: expect.stringContaining('does not list s3') },
    ],
    [
      'a use after the end',
      of(at(3)),
      { kind: 'unknown', why: expect.stringContaining('used the services after the end') },
    ],
    [
      'no use while the lease is live',
      of(null, { grantedAt: at(0), now: at(7) } as typeof whole),
      { kind: 'known', amount: 0, covers: { from: at(0), until: at(3) } },
    ],
    [
      'no use in the last four hours, which AWS may not show yet',
      of(null, { grantedAt: at(0), now: at(3) } as typeof whole),
      { kind: 'unknown', why: expect.stringContaining('four hours') },
    ],
  ])('%s', (_what, use, expected) => expect(use).toMatchObject(expected));

  test('one service was used, and the other one was not', () =>
    expect(
      useOf(
        ['ec2', 's3'],
        new Map([
          ['s3', at(1)],
          ['ec2', null],
        ]) as LastAccessed,
        whole,
      ),
    ).toMatchObject({
      amount: 1,
      parts: [
        { part: 'ec2', use: 'not-used' },
        { part: 's3', use: 'used', last: at(1) },
      ],
    }));

  test('one service that is not listed makes the whole time unknown, and not that a service was used', () => {
    const use = useOf(['ec2', 's3'], new Map([['s3', at(1)]]) as LastAccessed, whole);
    expect(use).toMatchObject({
      amount: 1,
      parts: [
        { part: 'ec2', use: 'unknown' },
        { part: 's3', use: 'used' },
      ],
    });
    expect(use).not.toHaveProperty('covers');
  });
});

test('a part gives the same as that of another target only with the same statements, in whatever order', () => {
  const gives = (...actions: readonly string[]) =>
    usableParts({ kind: 'policy', statements: [statement(...actions)] }).map((each) => each.gives);
  expect(usableParts(target).map(({ part }) => part)).toEqual(['ec2', 's3']);
  expect(gives('s3:GetObject', 's3:ListBucket')).toEqual(gives('s3:ListBucket', 's3:GetObject'));
  expect(gives('s3:GetObject')).not.toEqual(gives('s3:*'));
  expect(gives('s3:GetObject', 'ec2:*')[1]).toEqual(gives('s3:GetObject')[0]);
  expect(usableParts({ kind: 'group', group: 'deployers' })).toEqual([]);
});

const USER = { User: { UserId: 'AIDA1', UserName: 'ana', Arn: 'arn:aws:iam::123456789012:user/team/ana' } };
const COMPLETED = { JobStatus: 'COMPLETED' } as const;

function iam(answers: Readonly<Record<string, readonly (object | Error)[]>>) {
  const left = new Map(Object.entries(answers).map(([action, list]) => [action, [...list]]));
  const { client, sent } = clientThat(
    (action) => left.get(action)?.shift() ?? new Error(`no answer to ${action}`),
  );
  const api = lastAccessedApi(client, 0);
  const query = { lease: 'lease_x' as LeaseId, subject: { id: 'AIDA1', name: 'ana' }, target, ...whole };
  return { sent, read: (over: object = {}) => readUse(api, { ...query, ...over }, neverAborts) };
}

describe('the report of AWS', () => {
  test('is started for the ARN of the user, waited for, and read page by page', async () => {
    const { read, sent } = iam({
      GetUser: [USER],
      GenerateServiceLastAccessedDetails: [{ JobId: 'job' }],
      GetServiceLastAccessedDetails: [
        { JobStatus: 'IN_PROGRESS' },
        { ...COMPLETED, ServicesLastAccessed: [{ ServiceNamespace: 's3' }], IsTruncated: true, Marker: 'm' },
        {
          ...COMPLETED,
          ServicesLastAccessed: [{ ServiceNamespace: 'ec2', LastAuthenticated: new Date(at(1)) }],
        },
      ],
    });
    expect(await read()).toMatchObject({ kind: 'known', amount: 1, last: at(1) });
    expect(sent.slice(1)).toEqual([
      ['GenerateServiceLastAccessedDetails', { Arn: USER.User.Arn }],
      ['GetServiceLastAccessedDetails', { JobId: 'job', MaxItems: 1_000 }],
      ['GetServiceLastAccessedDetails', { JobId: 'job', MaxItems: 1_000 }],
      ['GetServiceLastAccessedDetails', { JobId: 'job', MaxItems: 1_000, Marker: 'm' }],
    ]);
  });

  test.each<[why: string, answers: Readonly<Record<string, readonly (object | Error)[]>>, expected: string]>([
    [
      'a missing permission, by its name',
      {
        GetUser: [USER],
        GenerateServiceLastAccessedDetails: [
          Object.assign(new Error('denied'), { name: 'AccessDeniedException' }),
        ],
      },
      'iam:GenerateServiceLastAccessedDetails',
    ],
    ['a user that does not exist', { GetUser: [missing] }, 'does not exist'],
    [
      'another user with the same name',
      { GetUser: [{ User: { ...USER.User, UserId: 'AIDA2' } }] },
      'does not exist',
    ],
  ])('is unknown with %s', async (_why, answers, expected) =>
    expect(await iam(answers).read()).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining(expected),
    }),
  );

  test.each([
    ['a job that failed', { JobStatus: 'FAILED' }],
    ['a page whose next one is missing', { ...COMPLETED, ServicesLastAccessed: [], IsTruncated: true }],
    ['an answer without services', COMPLETED],
  ])('%s is a fault, and no use', async (_what, answer) => {
    const { read } = iam({
      GetUser: [USER],
      GenerateServiceLastAccessedDetails: [{ JobId: 'job' }],
      GetServiceLastAccessedDetails: [answer],
    });
    await expect(read()).rejects.toMatchObject({ code: 'provider-unavailable', retry: true });
  });
});

describe('a membership of a group', () => {
  const DEPLOYERS: AwsIamTarget = { kind: 'group', group: 'deployers', id: 'AGPADEPLOYERS00001' };
  const found = {
    Group: {
      GroupId: 'AGPADEPLOYERS00001',
      GroupName: 'deployers',
      Arn: 'arn:aws:iam::123456789012:group/d',
    },
  };
  type Report = Readonly<Record<string, Instant | null>>;
  const report = (services: Report) => ({
    ...COMPLETED,
    ServicesLastAccessed: Object.entries(services).map(([ServiceNamespace, last]) => ({
      ServiceNamespace,
      ...(last !== null && { LastAuthenticated: new Date(last) }),
    })),
  });
  /** A reading with the reports of the user and of the group. */
  async function read(user: Report, group: Report, mark?: string): Promise<Use> {
    const reports: Readonly<Record<string, object>> = {
      [USER.User.Arn]: report(user),
      [found.Group.Arn]: report(group),
    };
    const { client } = clientThat((action, input) => {
      if (action === 'GetUser') return USER;
      if (action === 'GetGroup') return found;
      if (action === 'GenerateServiceLastAccessedDetails') return { JobId: input['Arn'] };
      return reports[String(input['JobId'])] ?? new Error(`no answer to ${action}`);
    });
    const query = { lease: 'lease_x' as LeaseId, subject: { id: 'AIDA1', name: 'ana' }, ...whole };
    const more = mark === undefined ? {} : { mark };
    return readUse(lastAccessedApi(client, 0), { ...query, ...more, target: DEPLOYERS }, neverAborts);
  }

  test('shows the services of the group that the user used, and not those of other policies', async () =>
    expect(await read({ s3: at(1), ec2: null, sns: at(1) }, { s3: at(1), ec2: at(1) })).toMatchObject({
      ...{ kind: 'known', amount: 1, last: at(1), covers: { from: at(0), until: at(2) } },
      parts: [{ part: 's3', use: 'used' }],
    }));

  test('was not used when the user used none of its services', async () =>
    expect(await read({ s3: null, ec2: at(-1) }, { s3: at(1), ec2: at(1) })).toMatchObject({
      ...{ kind: 'known', amount: 0, parts: [], covers: { from: at(0), until: at(2) } },
    }));

  test('is unknown when the group allows other services than at the first reading, also later', async () => {
    const { mark = '' } = await read({ s3: null }, { s3: null });
    const changed = {
      kind: 'unknown',
      why: 'the group allows other services than at the first reading',
      mark,
    };
    expect(await read({ ec2: null }, { ec2: null }, mark)).toEqual(expect.objectContaining(changed));
    expect(await read({ s3: null }, { s3: null }, mark)).toMatchObject({ kind: 'known', amount: 0 });
    const used = await read({ s3: null, ec2: at(1) }, { s3: null, ec2: null }, mark);
    expect(used).toMatchObject({ kind: 'known', amount: 1 });
    expect(used).not.toHaveProperty('covers');
  });

  test.each<[string, Report, Report, string]>([
    ['allows nothing', {}, {}, 'the policies of the group allow no service'],
    ['has services that AWS does not list for the user', {}, { s3: null }, 'AWS does not list s3'],
  ])('is unknown when the group %s', async (_what, user, group, why) =>
    expect(await read(user, group)).toMatchObject({ kind: 'unknown', why: expect.stringContaining(why) }),
  );

  test.each([
    ['that ends with the last call', 4, { kind: 'known' }],
    ['that does not end', 5, { code: 'provider-unavailable', retry: true }],
  ])('takes no more calls than the provider says, for reports with a wait %s', async (_what, looks, then) => {
    const left = new Map([USER.User.Arn, found.Group.Arn].map((job) => [job, looks]));
    const { client, sent } = clientThat((action, input) => {
      if (action === 'GetUser') return USER;
      if (action === 'GetGroup') return found;
      if (action === 'GenerateServiceLastAccessedDetails') return { JobId: input['Arn'] };
      const job = String(input['JobId']);
      const more = left.get(job) ?? 0;
      left.set(job, more - 1);
      return more > 0 ? { JobStatus: 'IN_PROGRESS' } : report({ s3: at(1) });
    });
    const query = { lease: 'lease_x' as LeaseId, subject: { id: 'AIDA1', name: 'ana' }, ...whole };
    const reading = readUse(lastAccessedApi(client, 0), { ...query, target: DEPLOYERS }, neverAborts);
    expect(await reading.catch((error: unknown) => error)).toMatchObject(then);
    await until('both reports were read', () => [...left.values()].every((more) => more <= looks - 5));
    expect(sent).toHaveLength(awsIamProvider({}).useReadings.mostCalls);
  });

  test.each([
    ['a group that does not exist', missing],
    ['another group with the same name', { Group: { ...found.Group, GroupId: 'AGPAOTHER000000001' } }],
  ])('is unknown with %s', async (_why, answer) =>
    expect(
      await iam({
        ...{ GetUser: [USER], GetGroup: [answer], GenerateServiceLastAccessedDetails: [{ JobId: 'job' }] },
        GetServiceLastAccessedDetails: [{ ...COMPLETED, ServicesLastAccessed: [] }],
      }).read({ target: DEPLOYERS }),
    ).toMatchObject({ kind: 'unknown', why: 'the group does not exist any more under this name' }),
  );
});

test('the last reading comes four hours after the end', () => expect(LATE_MS).toBe(4 * HOUR));

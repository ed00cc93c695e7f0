import { describe, expect, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import { type Instant, leaseIdOf } from '../../core/ids.ts';
import { deletePolicy } from '../../providers/aws-iam/delete-policy.ts';
import { listManaged, putPolicy } from '../../providers/aws-iam/inline-policy.ts';
import { documentFor, policyName, roomFor } from '../../providers/aws-iam/policy.ts';
import type { PolicyTarget } from '../../providers/aws-iam/target.ts';
import { lease, request, second } from '../core/request/request.fixture.ts';
import { ana, memoryIam } from './aws-iam-memory.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;
const later = (endsAt + 3_600_000) as Instant;
const statement = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'] } as const;
const target: PolicyTarget = { kind: 'policy', statements: [statement] };
const subject = { id: 'AIDA1', name: 'ana' };
const intent = { lease, subject, target, level: 'present', endsAt };
const earlier = (endsAt - 3_600_000) as Instant;
const NAME = policyName(lease, endsAt);
const LATER = policyName(lease, later);
const EARLIER = policyName(lease, earlier);
const OTHERS = policyName(second, endsAt);
/** The id of this lease begins with that of `second`. */
const ELEVENTHS = policyName(leaseIdOf(request, 10), endsAt);
const document = documentFor(target.statements, endsAt);
const JSON_OF_DOCUMENT = JSON.stringify(document);
/** The sentence about a policy whose name has a later end than the lease. */
const TOO_LATE = `the policy ${LATER} has the mark of this lease, and the end in its name is 2027-01-02T13:00:00Z, later than that of the lease, 2027-01-02T12:00:00Z`;
/** The text of the policy as Curfew writes it for this end. */
const written = (end: Instant): string => JSON.stringify(documentFor(target.statements, end));
const RECEIPT = {
  level: 'present',
  seen: `ana (AIDA1) has the policy ${NAME} until 2027-01-02T12:00:00Z`,
};

describe('a grant of a policy', () => {
  test('writes the policy and reads it back', async () => {
    const user = ana();
    const { api, calls } = memoryIam([user]);
    expect(await putPolicy(api, intent, neverAborts)).toEqual({ ...RECEIPT, found: 'none' });
    expect(calls).toEqual([
      'policyNames ana',
      `putPolicy ana ${NAME} ${JSON_OF_DOCUMENT}`,
      'user ana',
      `policy ana ${NAME}`,
    ]);
    expect(user.policies).toEqual({ [NAME]: JSON_OF_DOCUMENT });
  });

  test('deletes the other ends of its lease after the write, and nothing else', async () => {
    const user = ana({
      policies: { [LATER]: written(later), [EARLIER]: written(earlier), [OTHERS]: '{}', mine: '{}' },
    });
    const { api, calls } = memoryIam([user]);
    expect(await putPolicy(api, intent, neverAborts)).toEqual({ ...RECEIPT, found: 'present' });
    expect(calls.filter((call) => /^(put|delete)/.test(call))).toEqual([
      `putPolicy ana ${NAME} ${JSON_OF_DOCUMENT}`,
      `deletePolicy ana ${LATER}`,
      `deletePolicy ana ${EARLIER}`,
    ]);
    expect(Object.keys(user.policies)).toEqual([OTHERS, 'mine', NAME]);
  });

  test('is written again when it reads as it was written, because a read may be older than another write (F15)', async () => {
    const { api, calls } = memoryIam([ana({ policies: { [NAME]: JSON_OF_DOCUMENT } })]);
    expect(await putPolicy(api, intent, neverAborts)).toEqual({ ...RECEIPT, found: 'present' });
    expect(calls).toContain(`putPolicy ana ${NAME} ${JSON_OF_DOCUMENT}`);
  });

  test('leaves the policy of the eleventh lease when the second one is granted', async () => {
    const user = ana({ policies: { [ELEVENTHS]: '{}' } });
    await putPolicy(memoryIam([user]).api, { ...intent, lease: second }, neverAborts);
    expect(Object.keys(user.policies)).toEqual([ELEVENTHS, OTHERS]);
  });

  test('is undone when another user has the name afterwards', async () => {
    const other = ana({ id: 'AIDA2', policies: { mine: '{}' } });
    await expect(putPolicy(memoryIam([other]).api, intent, neverAborts)).rejects.toThrow(
      'subject-changed: aws-iam: the user "ana" was replaced by another during the write',
    );
    expect(other.policies).toEqual({ mine: '{}' });
  });

  test('needs no undoing when nobody has the name afterwards', async () => {
    const { api, calls } = memoryIam([]);
    await expect(putPolicy(api, intent, neverAborts)).rejects.toMatchObject({ code: 'subject-changed' });
    expect(calls.filter((call) => call.startsWith('delete'))).toEqual([]);
  });
});

describe('a grant of a policy is verified by reading it back (I2, F15)', () => {
  const grantThatShows = (text: string | undefined) =>
    putPolicy(memoryIam([ana()], { policy: () => Promise.resolve(text) }).api, intent, neverAborts);

  test.each<[what: string, text: string]>([
    ['in another order', JSON.stringify(Object.fromEntries(Object.entries(document).reverse()))],
    ['encoded', encodeURIComponent(JSON_OF_DOCUMENT)],
  ])('the same document is the receipt: %s', async (_what, text) =>
    expect(await grantThatShows(text)).toEqual({ ...RECEIPT, found: 'none' }),
  );

  test.each<[what: string, text: string | undefined]>([
    ['no document', undefined],
    ['a document with a later end', JSON.stringify(documentFor(target.statements, later))],
    [
      'a document with more permissions',
      JSON.stringify(documentFor([{ ...statement, Action: ['s3:*'] }], endsAt)),
    ],
    ['a document without a condition', JSON.stringify({ ...document, Statement: [statement] })],
    ['text that is no document', 'no'],
  ])('%s is no receipt', async (_what, text) => {
    await expect(grantThatShows(text)).rejects.toThrow(
      `not-verified: aws-iam: the policy ${NAME} does not read back as it was written`,
    );
  });
});

describe('a policy of a lease that somebody changed by hand (I22, F24)', () => {
  const all = documentFor([{ ...statement, Action: ['*'] }], endsAt);
  const BY_HAND = `somebody changed the policy ${NAME} by hand`;
  const KEPT = 'Curfew leaves it as it is, and deletes it at the end of the lease.';
  const until = (end: string | undefined) =>
    JSON.stringify({
      ...document,
      Statement: [
        { ...statement, ...(end && { Condition: { DateLessThan: { 'aws:CurrentTime': [end] } } }) },
      ],
    });
  const CHANGES: readonly (readonly [what: string, text: string, how: string])[] = [
    [
      'a later end',
      until('2030-01-01T00:00:00Z'),
      `${BY_HAND}: its end is 2030-01-01T00:00:00Z, not 2027-01-02T12:00:00Z`,
    ],
    [
      'an earlier end',
      until('2026-01-01T00:00:00Z'),
      `${BY_HAND}: its end is 2026-01-01T00:00:00Z, not 2027-01-02T12:00:00Z`,
    ],
    ['more permissions', JSON.stringify(all), `${BY_HAND}: what it allows is different`],
    [
      'no end',
      until(undefined),
      `${BY_HAND}: its end is never, not 2027-01-02T12:00:00Z, and what it allows is different`,
    ],
    [
      'one statement without a list',
      JSON.stringify({ ...document, Statement: document.Statement[0] }),
      `${BY_HAND}: what it allows is different`,
    ],
    [
      'text that is no document',
      'no',
      `${BY_HAND}: its end is never, not 2027-01-02T12:00:00Z, and what it allows is different`,
    ],
  ];

  const seenUntil = (end: string) => `ana (AIDA1) has the policy ${NAME} until ${end}`;
  const grantOver = async (text: string) => {
    const user = ana({ policies: { [NAME]: text } });
    const { api, calls } = memoryIam([user]);
    const receipt = await putPolicy(api, intent, neverAborts);
    return { receipt, user, writes: calls.filter((call) => /^(put|delete)/.test(call)) };
  };

  test.each([
    ['an earlier end', until('2026-01-01T00:00:00Z'), '2026-01-01T00:00:00Z'],
    ['more permissions', JSON.stringify(all), '2027-01-02T12:00:00Z'],
    [
      'one statement without a list',
      JSON.stringify({ ...document, Statement: document.Statement[0] }),
      '2027-01-02T12:00:00Z',
    ],
    [
      'a statement that denies, without an end',
      JSON.stringify({ ...document, Statement: [...document.Statement, { ...statement, Effect: 'Deny' }] }),
      '2027-01-02T12:00:00Z',
    ],
  ])(
    'is named and not written over by a repeated grant, which says the end that it read: %s',
    async (_what, text, end) => {
      const { receipt, user, writes } = await grantOver(text);
      expect(receipt).toMatchObject({ seen: `${seenUntil(end)}, changed by hand`, found: 'present' });
      expect(receipt.note).toMatch(new RegExp(`^${BY_HAND}: .*\\. ${KEPT}$`));
      expect(writes).toEqual([]);
      expect(user.policies).toEqual({ [NAME]: text });
    },
  );

  test('allows nothing any more, and the receipt says so', async () => {
    const text = JSON.stringify({ ...document, Statement: [{ ...statement, Effect: 'Deny' }] });
    const { receipt, writes } = await grantOver(text);
    expect(receipt.seen).toBe(`ana (AIDA1) has the policy ${NAME}, which allows nothing, changed by hand`);
    expect(writes).toEqual([]);
  });

  const LIMITED =
    'Curfew wrote the end again and leaves the rest as it is. It deletes the policy at the end of the lease.';
  const AGAIN = 'Curfew wrote the policy again as it was granted.';
  const AFTER: Record<string, string> = {
    [LIMITED]: ', changed by hand, and Curfew wrote its end again',
    [AGAIN]: ', which Curfew wrote again after a change by hand',
  };
  const more = { ...statement, Action: ['s3:*'] };
  const endless = {
    ...document,
    Statement: [{ ...more, Condition: { Bool: { 'aws:SecureTransport': ['true'] } } }],
  };
  test.each([
    ['a later end', until('2030-01-01T00:00:00Z'), JSON_OF_DOCUMENT, AGAIN],
    [
      'a second, later end',
      JSON.stringify({
        ...document,
        Statement: [
          {
            ...statement,
            Condition: {
              DateLessThan: { 'aws:CurrentTime': ['2026-01-01T00:00:00Z', '2030-01-01T00:00:00Z'] },
            },
          },
        ],
      }),
      JSON_OF_DOCUMENT,
      AGAIN,
    ],
    ['an end that is no time', until('soon'), JSON_OF_DOCUMENT, AGAIN],
    ['no end', until(undefined), JSON_OF_DOCUMENT, AGAIN],
    ['text that is no document', 'no', JSON_OF_DOCUMENT, AGAIN],
    [
      'other permissions and no end',
      JSON.stringify(endless),
      JSON.stringify({
        ...endless,
        Statement: [
          {
            ...more,
            Condition: {
              Bool: { 'aws:SecureTransport': ['true'] },
              DateLessThan: { 'aws:CurrentTime': ['2027-01-02T12:00:00Z'] },
            },
          },
        ],
      }),
      LIMITED,
    ],
    [
      'one statement with an earlier end and one with a later end',
      JSON.stringify({
        ...document,
        Statement: ['2026-01-01T00:00:00Z', '2030-01-01T00:00:00Z'].map((end) => ({
          ...statement,
          Condition: { DateLessThan: { 'aws:CurrentTime': [end] } },
        })),
      }),
      JSON.stringify({
        ...document,
        Statement: ['2026-01-01T00:00:00Z', '2027-01-02T12:00:00Z'].map((end) => ({
          ...statement,
          Condition: { DateLessThan: { 'aws:CurrentTime': [end] } },
        })),
      }),
      LIMITED,
    ],
  ])(
    'gets its end again from a repeated grant, and nothing else changes (I1): %s',
    async (_what, text, after, what) => {
      const { receipt, user, writes } = await grantOver(text);
      expect(user.policies).toEqual({ [NAME]: after });
      expect(writes).toEqual([`putPolicy ana ${NAME} ${after}`]);
      expect(receipt.note).toMatch(new RegExp(`^${BY_HAND}: .*\\. ${what}$`));
      expect(receipt.seen).toMatch(new RegExp(`2027-01-02T12:00:00Z${AFTER[what]}$`));
      expect(receipt.seen).not.toContain('2030');
    },
  );

  test('is no receipt when its end was moved while a repeated grant left it as it was', async () => {
    const texts = [until('2026-01-01T00:00:00Z'), until('2030-01-01T00:00:00Z')];
    const policy = () => Promise.resolve(texts.shift());
    const { api } = memoryIam([ana({ policies: { [NAME]: JSON_OF_DOCUMENT } })], { policy });
    await expect(putPolicy(api, intent, neverAborts)).rejects.toThrow(
      `not-verified: aws-iam: the policy ${NAME} does not read back as it was written`,
    );
  });

  test.each(CHANGES)('is deleted at the end, and named in the receipt: %s', async (_what, text, how) => {
    const user = ana({ policies: { [NAME]: text } });
    expect(await deletePolicy(memoryIam([user]).api, intent, neverAborts)).toEqual({
      level: 'none',
      found: 'present',
      lowered: true,
      seen: `ana (AIDA1) has no policy of ${lease}`,
      note: `${how}. Curfew deleted it.`,
    });
    expect(user.policies).toEqual({});
  });

  test('is named when an extension replaces it', async () => {
    const user = ana({ policies: { [EARLIER]: until('2030-01-01T00:00:00Z') } });
    expect(await putPolicy(memoryIam([user]).api, intent, neverAborts)).toEqual({
      ...RECEIPT,
      found: 'present',
      note: `somebody changed the policy ${EARLIER} by hand: its end is 2030-01-01T00:00:00Z, not 2027-01-02T11:00:00Z. Curfew wrote the policy with the new end and deleted the old one.`,
    });
    expect(user.policies).toEqual({ [NAME]: JSON_OF_DOCUMENT });
  });

  test('is named when it is a copy under another name with the mark of the lease', async () => {
    const copy = `curfew-${lease}-copy`;
    const user = ana({ policies: { [copy]: JSON_OF_DOCUMENT } });
    expect(await deletePolicy(memoryIam([user]).api, intent, neverAborts)).toMatchObject({
      note: `the policy ${copy} has the mark of this lease, and Curfew did not write it. Curfew deleted it.`,
    });
    expect(user.policies).toEqual({});
  });

  test('is named when its name has a later end than the lease (I1)', async () => {
    const user = ana({ policies: { [NAME]: JSON_OF_DOCUMENT, [LATER]: written(later) } });
    const receipt = await deletePolicy(memoryIam([user]).api, intent, neverAborts);
    expect(receipt.note).toBe(`${TOO_LATE}. Curfew deleted it.`);
    expect(user.policies).toEqual({});
  });

  test('is named with both, when its name has a later end and its document another one', async () => {
    const user = ana({ policies: { [LATER]: until('2030-01-01T00:00:00Z') } });
    expect((await deletePolicy(memoryIam([user]).api, intent, neverAborts)).note).toBe(
      `somebody changed the policy ${LATER} by hand: its end is 2030-01-01T00:00:00Z, not 2027-01-02T13:00:00Z; ${TOO_LATE}. Curfew deleted it.`,
    );
  });

  test('is deleted also when it cannot be read, and the receipt says that', async () => {
    const user = ana({ policies: { [NAME]: JSON_OF_DOCUMENT } });
    const policy = () => Promise.reject(new Fault('provider-forbidden', 'denied'));
    expect(await deletePolicy(memoryIam([user], { policy }).api, intent, neverAborts)).toMatchObject({
      level: 'none',
      note: `whether somebody changed the policy ${NAME} could not be read (provider-forbidden). Curfew deleted it.`,
    });
    expect(user.policies).toEqual({});
  });

  test('is no change when the policy disappears while it is read', async () => {
    const user = ana({ policies: { [NAME]: JSON_OF_DOCUMENT } });
    const policy = () => Promise.resolve(undefined);
    const receipt = await deletePolicy(memoryIam([user], { policy }).api, intent, neverAborts);
    expect(receipt.note).toBeUndefined();
  });

  test('is named when another condition than the end was taken out of a statement', async () => {
    const atHome = { ...statement, Condition: { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24'] } } };
    const narrow: PolicyTarget = { kind: 'policy', statements: [atHome] };
    const revokeOf = async (text: string) =>
      deletePolicy(
        memoryIam([ana({ policies: { [NAME]: text } })]).api,
        { ...intent, target: narrow },
        neverAborts,
      );
    expect((await revokeOf(JSON.stringify(documentFor([atHome], endsAt)))).note).toBeUndefined();
    expect((await revokeOf(JSON_OF_DOCUMENT)).note).toBe(
      `${BY_HAND}: what it allows is different. Curfew deleted it.`,
    );
  });
});

describe('the room for a policy', () => {
  const { needs, room } = roomFor(target.statements);
  const left = room - needs;
  /** A text of this many characters that is no JSON, so that all of it counts. */
  const text = (count: number) => 'x'.repeat(count);
  const json = (count: number) => JSON.stringify({ a: 'x'.repeat(count - 8) });
  const grantTo = async (policies: Record<string, string>) =>
    putPolicy(memoryIam([ana({ policies })]).api, intent, neverAborts);

  test.each<[what: string, policies: Record<string, string>]>([
    ['one policy', { mine: json(left) }],
    ['two policies', { mine: json(left - 100), his: json(100) }],
    ['a policy that is encoded', { mine: encodeURIComponent(json(left)) }],
    [
      'a policy that is written on several lines',
      { mine: JSON.stringify(JSON.parse(json(left)), undefined, 4) },
    ],
    ['a text that is no JSON', { mine: text(left) }],
  ])('is what the others leave: %s', async (_what, policies) => {
    expect(await grantTo(policies)).toMatchObject(RECEIPT);
    await expect(grantTo({ ...policies, one: 'x' })).rejects.toThrow(
      `no-room: aws-iam: the policy needs ${needs} characters, and the inline policies of ana have ${needs - 1} left. Remove a policy of the user, or grant a smaller one`,
    );
  });

  test('is not used by the same policy of an earlier attempt', async () =>
    expect(await grantTo({ [NAME]: JSON_OF_DOCUMENT, mine: text(left) })).toMatchObject(RECEIPT));

  test('is not used by a policy that was deleted meanwhile', async () => {
    const user = ana();
    const policyNames = () => Promise.resolve(['deleted']);
    expect(await putPolicy(memoryIam([user], { policyNames }).api, intent, neverAborts)).toMatchObject(
      RECEIPT,
    );
  });

  test('is checked before the write', async () => {
    const { api, calls } = memoryIam([ana({ policies: { mine: text(2_048) } })]);
    await expect(putPolicy(api, intent, neverAborts)).rejects.toMatchObject({ code: 'no-room' });
    expect(calls).toEqual(['policyNames ana', 'policy ana mine']);
  });
});

describe('a revoke of a policy', () => {
  const GONE = { level: 'none', seen: `ana (AIDA1) has no policy of ${lease}` };

  test('deletes every end of the lease once, and nothing else', async () => {
    const user = ana({
      policies: {
        [LATER]: written(later),
        [NAME]: JSON_OF_DOCUMENT,
        [EARLIER]: written(earlier),
        [OTHERS]: '{}',
        mine: '{}',
      },
    });
    const { api, calls } = memoryIam([user]);
    expect(await deletePolicy(api, intent, neverAborts)).toEqual({
      ...GONE,
      found: 'present',
      lowered: true,
      note: `${TOO_LATE}. Curfew deleted it.`,
    });
    expect(calls).toEqual([
      'policyNames ana',
      `policy ana ${LATER}`,
      `policy ana ${NAME}`,
      `policy ana ${EARLIER}`,
      `deletePolicy ana ${NAME}`,
      `deletePolicy ana ${LATER}`,
      `deletePolicy ana ${EARLIER}`,
      'policyNames ana',
    ]);
    expect(Object.keys(user.policies)).toEqual([OTHERS, 'mine']);
  });

  test('of the second lease leaves the policy of the eleventh one', async () => {
    const user = ana({ policies: { [OTHERS]: '{}', [ELEVENTHS]: '{}' } });
    const done = deletePolicy(memoryIam([user]).api, { ...intent, lease: second }, neverAborts);
    expect(await done).toMatchObject({ level: 'none' });
    expect(Object.keys(user.policies)).toEqual([ELEVENTHS]);
  });

  test('deletes its own name also when IAM does not list it', async () => {
    const { api, calls } = memoryIam([ana()]);
    expect(await deletePolicy(api, intent, neverAborts)).toEqual({ ...GONE, found: 'none' });
    expect(calls).toEqual(['policyNames ana', `deletePolicy ana ${NAME}`, 'policyNames ana']);
  });

  test('is not verified while IAM lists a policy of the lease', async () => {
    const user = ana({ policies: { [NAME]: '{}', [LATER]: '{}', [OTHERS]: '{}' } });
    const { api } = memoryIam([user], { deletePolicy: () => Promise.resolve() });
    await expect(deletePolicy(api, intent, neverAborts)).rejects.toThrow(
      `not-verified: aws-iam: IAM still lists ${NAME}, ${LATER}`,
    );
  });
});

test('the list of what Curfew manages has each policy with its name, of each user', async () => {
  const { api } = memoryIam([
    ana({ policies: { [NAME]: '{}', mine: '{}', [LATER]: '{}' } }),
    ana({ id: 'AIDA2', name: 'bo', policies: { [OTHERS]: '{}' } }),
    ana({ id: 'AIDA3', name: 'cy' }),
  ]);
  expect(await listManaged(api, neverAborts)).toEqual([
    { lease, endsAt, subject: 'ana', subjectId: 'AIDA1', what: NAME },
    { lease, endsAt: later, subject: 'ana', subjectId: 'AIDA1', what: LATER },
    { lease: second, endsAt, subject: 'bo', subjectId: 'AIDA2', what: OTHERS },
  ]);
});

import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PersonId } from '../../core/ids.ts';
import { openPolicy, type Policy } from '../../policy/index.ts';
import { anyTarget, policyOf, QUICKSTART } from './quickstart.fixture.ts';
import { allowed, ana, approvedBy, submission } from './submission.fixture.ts';
import { ok } from '../../core/result.ts';

const folder = mkdtempSync(join(tmpdir(), 'curfew-policy-'));
const write = (file: keyof typeof QUICKSTART, text: string = QUICKSTART[file]) =>
  writeFileSync(join(folder, file), text);
const BROKEN = 'people:\n  - id: ana\n    name: 7\n';
const WHY =
  'the policy cannot be read (people.yaml:3:5: "people.0.name": Invalid input: expected string, received number)';

let policy: Policy;
beforeEach(() => {
  write('people.yaml');
  write('catalogue.yaml');
  policy = openPolicy(folder, anyTarget);
});
afterAll(() => rmSync(folder, { recursive: true }));

const ids = (entitlements: readonly { id: string }[]) => entitlements.map(({ id }) => id);
const details = { requester: ana, entitlement: 'orders-db' };

test.each([
  ['a person who is active', 'ana', { kind: 'eligible' }],
  ['a person whom people.yaml does not name', 'zed', { kind: 'not-eligible' }],
])('who may act: %s', async (_who, person, expected) =>
  expect(await policy.mayAct(person as PersonId)).toEqual(expected),
);

test('who may act: a person who is not active any more may not, and while the files cannot be read, nobody knows', async () => {
  write('people.yaml', QUICKSTART['people.yaml'].replace('id: ana\n', 'id: ana\n    active: false\n'));
  const inactive = openPolicy(folder, anyTarget);
  expect(await inactive.problem()).toBeUndefined();
  expect(await inactive.mayAct('ana' as PersonId)).toEqual({ kind: 'not-eligible' });
  write('people.yaml', BROKEN);
  expect(await openPolicy(folder, anyTarget).mayAct('ana' as PersonId)).toEqual({
    kind: 'unknown',
    why: WHY,
  });
});

describe('a policy in a folder', () => {
  test('is answered from its files', async () => {
    expect(await policy.problem()).toBeUndefined();
    expect(await policy.ownerOf('slack', 'U0ANAFERR1')).toEqual(ok('ana'));
    expect(await policy.ownerOf('slack', 'ana')).toEqual(ok(null));
    // Two logins of an operating system may differ in upper and lower case only.
    expect(await policy.ownerOf('slack', 'u0anaferr1')).toEqual(ok(null));
    expect(await policy.ownerOf('slack', 'U0ANAFERR')).toEqual(ok(null));
    expect(await policy.ownerOf('jira', 'ana')).toEqual(ok(null));
    expect((await policy.entitlementNamed('Orders'))?.id).toBe('orders-db');
    expect(await policy.entitlementNamed('zed')).toBeUndefined();
    expect((await policy.judge(submission())).allowed).toBe(true);
    expect(await policy.eligibility(details, 'bo' as PersonId)).toEqual({ kind: 'eligible' });
    expect(await policy.eligibility(details, 'sam' as PersonId)).toEqual({ kind: 'not-eligible' });
  });

  test('knows the person of an account also when that is the first question', async () => {
    expect((await policy.lastKnownPersonOf('slack', 'U0ANAFERR1'))?.id).toBe('ana');
  });

  test('offers to each person what its catalogue names them for', async () => {
    expect(ids(await policy.requestableBy(ana))).toEqual([
      'orders-db',
      'orders-logs',
      'orders-oncall',
      'infra-maintain',
      'aws-admins',
      'curfew-auditor',
    ]);
    expect(await policy.requestableBy('ada' as PersonId)).toEqual([]);
    expect(await policy.requestableBy('dan' as PersonId)).toEqual([]);
    expect(await policy.requestableBy('zed' as PersonId)).toEqual([]);
    write('people.yaml', QUICKSTART['people.yaml'].replace('[ana, bo, cy]', '[ana, bo, cy, dan]'));
    expect(await policy.requestableBy('dan' as PersonId)).toEqual([]); // dan is not active
  });

  test('offers what names a person in one of several ways', async () => {
    write(
      'catalogue.yaml',
      QUICKSTART['catalogue.yaml'].replace('[group:engineers]', '[group:engineers, person:ada]'),
    );
    expect(ids(await policy.requestableBy('ada' as PersonId))).toEqual(['orders-db']);
  });

  test('is read again when a file changes, and once while none does', async () => {
    const [first, second] = [await policy.current(), await policy.current()];
    expect(second).toBe(first);
    write('people.yaml', QUICKSTART['people.yaml'].replace('U0ANAFERR1', 'U0ANANEW01'));
    expect(await policy.ownerOf('slack', 'U0ANAFERR1')).toEqual(ok(null));
    expect(await policy.ownerOf('slack', 'U0ANANEW01')).toEqual(ok('ana'));
  });

  test.each<[keyof typeof QUICKSTART, string, string]>([
    ['catalogue.yaml', 'id: orders-db', 'id: billing'],
    ['people.yaml', 'engineers: [ana, bo, cy]', 'engineers: [bo, cy]'],
  ])('is read again when only %s changes', async (file, from, to) => {
    expect(ids(await policy.requestableBy(ana))).toContain('orders-db');
    write(file, QUICKSTART[file].replace(from, to));
    expect(ids(await policy.requestableBy(ana))).not.toContain('orders-db');
  });

  const CHANGED = QUICKSTART['people.yaml'].replace('U0ANAFERR1', 'U0ANANEW01');
  const at = (seconds: number, file = 'people.yaml') => utimesSync(join(folder, file), seconds, seconds);

  test('is read again when a file of the same size and time takes the place of another', async () => {
    at(1_000);
    await policy.current();
    writeFileSync(join(folder, 'people.new'), CHANGED);
    at(1_000, 'people.new');
    renameSync(join(folder, 'people.new'), join(folder, 'people.yaml'));
    expect(await policy.ownerOf('slack', 'U0ANANEW01')).toEqual(ok('ana'));
  });

  test('is read again when another size is written at the same time', async () => {
    at(1_000);
    await policy.current();
    write('people.yaml', `${CHANGED}# one line more\n`);
    at(1_000);
    expect(await policy.ownerOf('slack', 'U0ANANEW01')).toEqual(ok('ana'));
  });

  test('is read again when a file of the same size is written within the same millisecond', async () => {
    at(1_000.0001);
    await policy.current();
    write('people.yaml', CHANGED);
    at(1_000.0004);
    expect(await policy.ownerOf('slack', 'U0ANANEW01')).toEqual(ok('ana'));
  });
});

test('a change that comes while the files are read is noticed by the next question', async () => {
  let isChanged = false;
  const changing = openPolicy(folder, (provider, json) => {
    if (!isChanged) write('people.yaml', QUICKSTART['people.yaml'].replace('U0ANAFERR1', 'U0ANANEW01'));
    isChanged = true;
    return anyTarget(provider, json);
  });
  expect(await changing.ownerOf('slack', 'U0ANAFERR1')).toEqual(ok('ana'));
  expect(await changing.ownerOf('slack', 'U0ANANEW01')).toEqual(ok('ana'));
});

describe('a policy that cannot be read (I14, B54)', () => {
  const read = async () => ({
    still: await policy.stillAllowed(approvedBy(allowed(policyOf()), 'bo')),
    eligibility: await policy.eligibility(details, 'bo' as PersonId),
    person: await policy.ownerOf('slack', 'U0ANAFERR1'),
    entitlement: await policy.entitlementNamed('orders-db'),
    requestable: await policy.requestableBy(ana),
  });

  test('refuses everything, and says where the mistake is', async () => {
    await policy.current();
    write('people.yaml', BROKEN);
    expect(await policy.problem()).toBe(WHY);
    expect(await policy.judge(submission())).toMatchObject({
      allowed: false,
      refusal: { code: 'not-allowed', why: WHY },
    });
    expect(await read()).toEqual({
      still: { ok: false, error: WHY },
      eligibility: { kind: 'unknown', why: WHY },
      person: { ok: false, error: WHY },
      entitlement: undefined,
      requestable: [],
    });
  });

  test('still knows the names of its last reading, and nothing before the first one', async () => {
    await policy.current();
    write('people.yaml', BROKEN);
    expect((await policy.lastKnown())?.directory.people.get(ana)?.name).toBe('Ana Ferreira');
    expect((await policy.lastKnownPersonOf('slack', 'U0ANAFERR1'))?.id).toBe('ana');
    const fresh = openPolicy(folder, anyTarget);
    expect(await fresh.lastKnown()).toBeUndefined();
    expect(await fresh.lastKnownPersonOf('slack', 'U0ANAFERR1')).toBeUndefined();
  });

  test('knows the names of its last reading and not of an earlier one', async () => {
    await policy.current();
    write('people.yaml', QUICKSTART['people.yaml'].replace('Ana Ferreira', 'Ana Novák'));
    await policy.current();
    write('people.yaml', BROKEN);
    expect((await policy.lastKnown())?.directory.people.get(ana)?.name).toBe('Ana Novák');
  });

  test.each(['catalogue.yaml', 'people.yaml'] as const)(
    'names %s when only that is missing',
    async (file) => {
      await policy.current();
      rmSync(join(folder, file));
      expect(await policy.problem()).toMatch(
        new RegExp(`^the policy cannot be read \\(${file}:1:1: cannot be read: ENOENT`),
      );
    },
  );

  test('names each file that is missing', async () => {
    rmSync(join(folder, 'people.yaml'));
    rmSync(join(folder, 'catalogue.yaml'));
    expect((await policy.judge(submission())).allowed).toBe(false);
    expect(await policy.current()).toMatchObject({
      ok: false,
      error: [
        {
          file: 'catalogue.yaml',
          line: 1,
          column: 1,
          message: expect.stringMatching(/^cannot be read: ENOENT/),
        },
        {
          file: 'people.yaml',
          line: 1,
          column: 1,
          message: expect.stringMatching(/^cannot be read: ENOENT/),
        },
      ],
    });
    write('people.yaml');
    write('catalogue.yaml');
    expect(await policy.problem()).toBeUndefined();
  });
});

test('an access is given by each entitlement that has its provider, its target and its level', async () => {
  // All targets of a provider are one target here, at a level of their own.
  const policy = openPolicy(folder, (provider, json) => {
    const target = anyTarget(provider, json);
    return target.ok ? ok({ ...target.value, lockKey: provider, level: JSON.stringify(json) }) : target;
  });
  const read = await policy.current();
  if (!read.ok) throw new Error('the quickstart cannot be read');
  for (const { id, targets } of read.value.entitlements.values())
    for (const { provider, spec } of targets) {
      const given = await policy.givenBy(provider, spec);
      expect(given).toContain(id);
      const same = [...read.value.entitlements.values()].filter((each) =>
        each.targets.some(
          (one) => JSON.stringify([one.provider, one.spec]) === JSON.stringify([provider, spec]),
        ),
      );
      expect(given).toEqual(same.map((each) => each.id));
    }
});

test('an access is given by no entitlement of another provider, and by none when its target cannot be read', async () => {
  const policy = openPolicy(folder, (_provider, json) => {
    const target = anyTarget('github', json);
    if (json === 'unknown' || !target.ok) return { ok: false, error: 'no such target' };
    return ok({ ...target.value, lockKey: 'one', level: 'one' });
  });
  expect((await policy.givenBy('github', {})).length).toBeGreaterThan(0);
  expect([await policy.givenBy('azure', {}), await policy.givenBy('github', 'unknown')]).toEqual([[], []]);
});

test('an access is given by the entitlements of the last policy without a mistake, and before the first one by none', async () => {
  const read = await policy.current();
  const [target] = (read.ok && read.value.entitlements.get('orders-db')?.targets) || [];
  if (!target) throw new Error('the quickstart cannot be read');
  write('people.yaml', BROKEN);
  expect(await policy.givenBy(target.provider, target.spec)).toContain('orders-db');
  expect(await openPolicy(folder, anyTarget).givenBy(target.provider, target.spec)).toEqual([]);
});

describe('who ends access while the catalogue has a mistake (I14)', () => {
  /** The people whom people.yaml names then. */
  const activeWith = async (people: string, rules: Parameters<typeof openPolicy>[2] = {}) => {
    write('people.yaml', people);
    write('catalogue.yaml', 'entitlements: 7\n');
    const opened = openPolicy(folder, anyTarget, rules);
    expect((await opened.current()).ok).toBe(false);
    const read = await opened.activePeople();
    return read && [...read.people.keys()];
  };
  const PEOPLE = [
    'people:',
    '  - { id: ana, name: Ana, accounts: { slack: U1 } }',
    '  - { id: bo, name: Bo, manager: ana, accounts: { slack: U2 } }',
    '  - { id: cy, name: Cy, active: false, accounts: { slack: U3 } }',
    '',
  ].join('\n');

  test('is known by people.yaml, and only who is active', async () =>
    expect(await activeWith(PEOPLE)).toEqual(['ana', 'bo']));

  test.each<[string, string, Parameters<typeof openPolicy>[2]]>([
    ['has a mistake', BROKEN, {}],
    ['is empty', '', {}],
    ['gives one account to two people', PEOPLE.replace('U2', 'U1'), {}],
    ['gives an account of a person who left to another one', PEOPLE.replace('U2', 'U3'), {}],
    ['names a manager who does not exist', PEOPLE.replace('manager: ana', 'manager: zed'), {}],
    ['has an account that nobody may have', PEOPLE, { refused: { slack: ['U2'] } }],
  ])('is known of nobody when people.yaml %s', async (_what, people, rules) =>
    expect(await activeWith(people, rules)).toBeUndefined(),
  );

  test('is known of nobody when people.yaml is missing', async () => {
    rmSync(join(folder, 'people.yaml'));
    expect(await policy.activePeople()).toBeUndefined();
  });
});

test('an approved request is still allowed while the policy is the same', async () => {
  const read = await policy.current();
  if (!read.ok) throw new Error('the quickstart cannot be read');
  expect(await policy.stillAllowed(approvedBy(allowed(read.value), 'bo'))).toEqual({
    ok: true,
    value: undefined,
  });
});

import { describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import type { DescribedTarget } from '../../core/target.ts';
import type { PolicyFiles } from '../../policy/files/policy-set.ts';
import type { AllowedRequest, RuleId, Submission } from '../../policy/judge/verdict.ts';
import { RULES } from '../../policy/rules/index.ts';
import { evaluate, type Facts } from '../../policy/rules/rule.ts';
import { edited, policyOf, QUICKSTART } from './quickstart.fixture.ts';
import { allowed, factsOf } from './submission.fixture.ts';

const judge = (id: RuleId, facts: Facts) => {
  const rule = RULES.find((each) => each.id === id);
  if (!rule) throw new Error(`there is no rule ${id}`);
  return evaluate(rule, facts).result;
};

type Row = [why: string, more: Partial<Submission>, saw: string, files?: PolicyFiles];
type Table = Readonly<Partial<Record<'pass' | 'refuse' | 'not-reached', readonly Row[]>>>;

const person = (id: string) => ({ person: id as PersonId });
const NO_PERSON = 'Not evaluated: the requester is not known.';
const NO_ENTITLEMENT = 'Not evaluated: the entitlement is not known.';
const unknown: readonly Row[] = [
  ['the requester is not known', { person: null }, NO_PERSON],
  ['the entitlement is not known', { entitlement: 'nothing' }, NO_ENTITLEMENT],
];

/** The catalogue, in which orders-oncall has a target at a second provider. */
const SECOND_TARGET = QUICKSTART['catalogue.yaml'].replace(
  /(- id: orders-oncall\n[^]*?targets:\n[^]*?)( {4}route:)/,
  '$1      - { provider: aws-iam, group: x }\n$2',
);

const TABLES: Readonly<Record<Exclude<RuleId, 'digest' | 'policy-files'>, Table>> = {
  'known-person': {
    pass: [['an active person', {}, 'The person ana is active.']],
    refuse: [
      ['an account of nobody (T07)', { person: null }, 'The account belongs to nobody in people.yaml.'],
      ['an empty id', person(''), 'The account belongs to nobody in people.yaml.'],
      ['an unknown id', person('zed'), 'The person zed is not in people.yaml.'],
      [
        'a long unknown id, of which 80 characters are shown',
        person('z'.repeat(81)),
        `The person ${'z'.repeat(80)} is not in people.yaml.`,
      ],
      ['a person who left', person('dan'), 'The person dan is not active.'],
    ],
  },
  entitlement: {
    pass: [
      ['an id', {}, '"orders-db" names orders-db: Orders database, read only.'],
      [
        'an id in capital letters',
        { entitlement: 'Orders-DB' },
        '"Orders-DB" names orders-db: Orders database, read only.',
      ],
      ['a synonym', { entitlement: 'DB' }, '"DB" names orders-db: Orders database, read only.'],
      [
        'a synonym that the catalogue writes in capital letters',
        { entitlement: 'db' },
        '"db" names orders-db: Orders database, read only.',
        edited('catalogue.yaml', 'synonyms: [orders, postgres, db]', 'synonyms: [orders, postgres, DB]'),
      ],
    ],
    refuse: [
      [
        'a misspelled id',
        { entitlement: 'ordres-db' },
        '"ordres-db" is not in the catalogue. The nearest id is orders-db.',
      ],
      ['an unknown id', { entitlement: '__proto__' }, '"__proto__" is not in the catalogue.'],
      ['an empty id', { entitlement: '' }, '"" is not in the catalogue.'],
      ['the beginning of a synonym', { entitlement: 'postgre' }, '"postgre" is not in the catalogue.'],
      ['a part of a synonym', { entitlement: 'ostgres' }, '"ostgres" is not in the catalogue.'],
      [
        'a long unknown id, of which 80 characters are shown',
        { entitlement: 'z'.repeat(81) },
        `"${'z'.repeat(80)}" is not in the catalogue.`,
      ],
      [
        'a long unknown id that is cut within a surrogate pair, of which Postgres stores no half (T19)',
        { entitlement: `${'z'.repeat(79)}😀` },
        `"${'z'.repeat(79)}\ufffd" is not in the catalogue.`,
      ],
    ],
  },
  requester: {
    pass: [
      ['a member of the group', {}, 'ana is named by group:engineers.'],
      [
        'a member of two groups',
        person('bo'),
        'bo is named by group:engineers, group:data-owners.',
        edited(
          'catalogue.yaml',
          'requesters: [group:engineers]',
          'requesters: [group:engineers, group:data-owners]',
        ),
      ],
      [
        'everyone',
        person('ada'),
        'ada is named by everyone.',
        edited('catalogue.yaml', 'requesters: [group:engineers]', 'requesters: [everyone]'),
      ],
      [
        'a person by name',
        person('sam'),
        'sam is named by person:sam.',
        edited(
          'catalogue.yaml',
          'requesters: [group:engineers]',
          'requesters: [group:engineers, person:sam]',
        ),
      ],
    ],
    refuse: [['a person outside of the group', person('sam'), 'sam is named by none of them.']],
    'not-reached': unknown,
  },
  length: {
    pass: [
      ['a length below the longest', {}, 'The length is 2 h.'],
      ['the longest length', { length: '8h' }, 'The length is 8 h.'],
    ],
    refuse: [
      ['a length above the longest', { length: '8h1m' }, 'The length is 8 h 1 min.'],
      [
        'text (B57)',
        { length: 'soon' },
        'This is not a length of time. Write it like 90m, 2h30m or 1d, without seconds.',
      ],
      [
        'text for an unknown entitlement',
        { length: '', entitlement: 'nothing' },
        'A length is missing. Write it like 90m, 2h30m or 1d, without seconds.',
      ],
      ['zero', { length: '0m' }, 'This length is too short. The shortest is 1 min.'],
    ],
    'not-reached': [
      [
        'the entitlement is not known',
        { entitlement: 'nothing' },
        'The length is 2 h. The longest length is not known, because the entitlement is not.',
      ],
    ],
  },
  reason: {
    pass: [
      ['a short reason', { reason: ' x ' }, 'The reason has 1 character.'],
      ['the longest reason', { reason: '😀'.repeat(1000) }, 'The reason has 1000 characters.'],
    ],
    refuse: [
      ['no reason', { reason: '' }, 'The reason is empty.'],
      ['white space', { reason: ' \n\t ' }, 'The reason is empty.'],
      ['a Hangul filler, which looks like nothing (T48)', { reason: '\u3164' }, 'The reason is empty.'],
      ['invisible characters only', { reason: ' \u200b\u2800\ufeff' }, 'The reason is empty.'],
      [
        'half a surrogate pair (T19)',
        { reason: 'a\ud800' },
        'The reason contains characters that cannot be stored.',
      ],
      ['a NUL character', { reason: 'a\u0000' }, 'The reason contains characters that cannot be stored.'],
      ['one character too many', { reason: 'x'.repeat(1001) }, 'The reason has 1001 characters.'],
    ],
  },
  'open-requests': {
    pass: [
      ['none', {}, 'The requester has 0 open requests.'],
      ['one', { openRequests: 1 }, 'The requester has 1 open request.'],
      ['one below the limit', { openRequests: 24 }, 'The requester has 24 open requests.'],
    ],
    refuse: [
      ['the limit (T30)', { openRequests: 25 }, 'The requester has 25 open requests.'],
      ['a count that is not a number', { openRequests: Number.NaN }, 'The requester has NaN open requests.'],
    ],
  },
  accounts: {
    pass: [
      ['a target without accounts', {}, 'postgres needs no account.'],
      ['an account', { entitlement: 'orders-oncall' }, 'github has the account ana-ferreira.'],
    ],
    refuse: [
      ['no account', { entitlement: 'orders-oncall', ...person('ada') }, 'github has no account.'],
      [
        'an account for the first target only',
        { entitlement: 'orders-oncall', ...person('sam') },
        'github has the account sam-rao. aws-iam has no account.',
        {
          'catalogue.yaml': SECOND_TARGET,
          'people.yaml': QUICKSTART['people.yaml'].replace(', aws-iam: sam', ''),
        },
      ],
    ],
    'not-reached': unknown,
  },
  approvers: {
    pass: [['the owner and the manager', {}, 'Stages with enough approvers: 1 of 1.']],
    refuse: [
      [
        'an empty group (B37)',
        { entitlement: 'aws-admins' },
        'Stages with enough approvers: 0 of 1.',
        edited('people.yaml', 'security: [sam]', 'security: []'),
      ],
    ],
    'not-reached': unknown,
  },
};

describe.each(Object.entries(TABLES))('the rule %s', (rule, table) => {
  const rows = Object.entries(table).flatMap(([verdict, each]) =>
    each.map(([why, more, saw, files = QUICKSTART]) => ({ verdict, why, more, saw, files })),
  );
  test.each(rows)('$verdict: $why', ({ verdict, more, saw, files }) => {
    const result = judge(rule as RuleId, factsOf(more, policyOf(files)));
    expect(result).toMatchObject({ rule, verdict, saw, wanted: expect.stringMatching(/^[A-Z].*\.$/) });
    expect('refusal' in result).toBe(verdict === 'refuse');
  });
});

test('the rule accounts: the refusal names the provider at which the requester has no account', () => {
  const files = edited('people.yaml', ', aws-iam: ana', '');
  const policy = policyOf({ ...files, 'catalogue.yaml': SECOND_TARGET });
  expect(judge('accounts', factsOf({ entitlement: 'orders-oncall' }, policy))).toMatchObject({
    refusal: { code: 'no-account', provider: 'aws-iam' },
  });
});

test('the rule length: its sentence names the longest length, whether it passes or refuses', () => {
  for (const length of ['8h', '9h'])
    expect(judge('length', factsOf({ length })).wanted).toBe('The length is at most 8 h.');
});

test('the rule requester: its sentence names all of the requesters', () => {
  const files = edited(
    'catalogue.yaml',
    'requesters: [group:engineers]',
    'requesters: [group:engineers, person:sam]',
  );
  expect(judge('requester', factsOf({}, policyOf(files))).wanted).toBe(
    'The requester is named by one of: group:engineers, person:sam.',
  );
});

test('the rule accounts: each provider has its sentence, and each target its account', () => {
  const both = edited(
    'catalogue.yaml',
    '    targets:\n      - provider: postgres\n',
    '    targets:\n      - { provider: github, role: x, team: y }\n      - provider: postgres\n',
  );
  const facts = factsOf({}, policyOf(both));
  expect(judge('accounts', facts).saw).toBe(
    'github has the account ana-ferreira. postgres needs no account.',
  );
  expect(allowed(policyOf(both)).targets.map(({ provider, account }) => [provider, account])).toEqual([
    ['github', 'ana-ferreira'],
    ['postgres', 'ana'],
  ]);
});

test('a rule that throws refuses, and says so', () => {
  const throws = () => {
    throw new Error('what the person wrote');
  };
  expect(evaluate({ id: 'reason', wanted: 'A reason.', judge: throws }, factsOf()).result).toEqual({
    rule: 'reason',
    wanted: 'A reason.',
    saw: 'The rule failed with an error, so it refuses.',
    verdict: 'refuse',
    refusal: { code: 'not-allowed', why: 'the rule "reason" failed with an error' },
  });
});

describe('the rule digest', () => {
  test('not-reached: no length was found', () =>
    expect(judge('digest', factsOf())).toMatchObject({ verdict: 'not-reached' }));

  const { digest } = allowed(policyOf());

  test('the same request under the same policy has the same digest', () =>
    expect(allowed(policyOf()).digest).toBe(digest));

  test.each<[string, () => AllowedRequest]>([
    ['the reason', () => allowed(policyOf(), { reasonHash: 'bb' })],
    ['the length', () => allowed(policyOf(), { length: '1h' })],
    [
      'the target',
      () => allowed(policyOf(edited('catalogue.yaml', 'role: orders_reader', 'role: orders_writer'))),
    ],
    [
      'who approves it',
      () =>
        allowed(
          policyOf(edited('catalogue.yaml', '[owner, manager]\n      waits: 8h', '[owner]\n      waits: 8h')),
        ),
    ],
  ])('the digest changes with %s (I11)', (_what, other) => expect(other().digest).not.toBe(digest));

  test.each<[string, Partial<Submission>]>([
    ['the requester', person('bo')],
    ['the entitlement', { entitlement: 'orders-logs' }],
  ])('the digest changes with %s, also when all else is the same (I11)', (_what, more) => {
    const digestFor = (changed: Partial<Submission>) => {
      const { policy, submission, found } = factsOf(changed);
      const { minutes, targets, stages } = allowed(policy);
      const rule = RULES.find((each) => each.id === 'digest');
      return (
        rule &&
        evaluate(rule, { policy, submission, found: { ...found, minutes, targets, stages } }).found.digest
      );
    };
    expect(digestFor({})).toBe(digest);
    expect(digestFor(more)).toMatch(/^[0-9a-f]{64}$/);
    expect(digestFor(more)).not.toBe(digest);
  });

  test.each<[string, PolicyFiles]>([
    ['title', edited('catalogue.yaml', 'title: Orders database, read only', 'title: Public status page')],
    ['description', edited('catalogue.yaml', 'about: Look up', 'about: See')],
    ['class', edited('catalogue.yaml', 'class: confidential', 'class: public')],
    ['name of the requester', edited('people.yaml', 'name: Ana Ferreira', 'name: Bo Lindqvist')],
    ['Slack account of the requester', edited('people.yaml', 'U0ANAFERR1', 'U0ANANEW01')],
    [
      'reason why somebody is an approver',
      edited('catalogue.yaml', '[owner, manager]', '[person:cy, manager]'),
    ],
  ])('the digest changes with the %s that the card shows, under the same policy (I11)', (_what, files) =>
    expect(allowed({ ...policyOf(files), digest: policyOf().digest }).digest).not.toBe(digest),
  );

  test('the digest changes with the words of the provider that the card shows, under the same policy (I11)', () => {
    const policy = policyOf();
    const described = (more: Partial<DescribedTarget>) => {
      const entitlement = policy.entitlements.get('orders-db');
      if (!entitlement) throw new Error('the quickstart has no orders-db');
      const targets = entitlement.targets.map((each) => ({
        ...each,
        described: { ...each.described, ...more },
      }));
      const entitlements = new Map(policy.entitlements).set('orders-db', { ...entitlement, targets });
      return allowed({ ...policy, entitlements }).digest;
    };
    expect(described({})).toBe(digest);
    const changes = [
      { plain: 'x' },
      { permissions: ['x'] },
      { cautions: ['x'] },
      { atEnd: ['x'] },
      { widens: true },
      { level: 'x' },
      { enforcement: 'C' },
      { residualMs: 1 },
      { residualMs: null },
    ] as const;
    const digests = changes.map(described);
    expect(new Set([digest, ...digests]).size).toBe(changes.length + 1);
  });

  test('the digest changes with the account at the provider, under the same policy (B36)', () => {
    const policy = policyOf();
    const logs = { entitlement: 'orders-logs' };
    const renamed = { ...policy, ...policyOf(edited('people.yaml', 'aws-iam: ana }', 'aws-iam: anne }')) };
    expect(allowed({ ...renamed, digest: policy.digest }, logs).digest).not.toBe(
      allowed(policy, logs).digest,
    );
  });
});

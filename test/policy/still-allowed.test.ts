import { describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import { describedTarget } from '../../core/target.ts';
import type { PolicyFiles } from '../../policy/files/policy-set.ts';
import { isEligible } from '../../policy/judge/eligibility.ts';
import { requestDigest } from '../../policy/judge/request-digest.ts';
import { type ApprovedRequest, stillAllowed } from '../../policy/judge/still-allowed.ts';
import { edited, policyOf, QUICKSTART } from './quickstart.fixture.ts';
import { allowed, ana, approvedBy } from './submission.fixture.ts';

const judged = allowed(policyOf());
const CHANGED = 'what it grants was changed';
const details = { requester: ana, entitlement: 'orders-db' };

describe('the judgement before the grant only narrows (I12, B46, F27)', () => {
  test.each<[string, PolicyFiles, string | true]>([
    ['nothing changed', QUICKSTART, true],
    [
      'the requester left (F29)',
      edited('people.yaml', 'title: Backend engineer', 'active: false'),
      'the requester is no longer active',
    ],
    [
      'the requester is not in people.yaml any more (F29)',
      {
        'catalogue.yaml': QUICKSTART['catalogue.yaml'].replace('person:ana, ', ''),
        'people.yaml': QUICKSTART['people.yaml']
          .replace('id: ana', 'id: anne')
          .replace('engineers: [ana, bo, cy]', 'engineers: [bo, cy]'),
      },
      'the requester is no longer active',
    ],
    [
      'the approver left (B41)',
      edited('people.yaml', 'title: Owner of the orders service', 'active: false'),
      'an approver may no longer approve this',
    ],
    [
      'the entitlement was removed',
      edited('catalogue.yaml', 'id: orders-db', 'id: orders-database'),
      'the entitlement is no longer in the catalogue',
    ],
    [
      'the requester left the group',
      edited('people.yaml', 'engineers: [ana, bo, cy]', 'engineers: [bo, cy]'),
      'the requester may no longer request this',
    ],
    [
      'the longest length was lowered',
      edited('catalogue.yaml', 'usual: 1h\n    longest: 8h', 'usual: 1h\n    longest: 1h'),
      'the longest length was lowered',
    ],
    [
      'the target is another one (I13)',
      edited('catalogue.yaml', 'role: orders_reader', 'role: orders_admin'),
      'what it grants was changed',
    ],
    [
      'the entitlement is in another class',
      edited('catalogue.yaml', 'class: confidential', 'class: restricted'),
      'its class was changed',
    ],
    [
      'the route needs more approvals',
      edited('catalogue.yaml', 'waits: 8h', 'needs: 2\n      waits: 8h'),
      'it now needs more approvals',
    ],
  ])('%s', (_why, files, expected) => {
    const still = stillAllowed(policyOf(files), approvedBy(judged, 'cy'));
    expect(still.ok || still.error).toBe(expected);
  });

  const CLASSES = ['public', 'internal', 'confidential', 'restricted'] as const;
  const inClass = (name: string) =>
    policyOf(
      name === 'confidential' ? undefined : edited('catalogue.yaml', 'class: confidential', `class: ${name}`),
    );
  test.each(CLASSES.flatMap((before) => CLASSES.map((now) => [before, now] as const)))(
    'a request for an entitlement that was %s and is %s now: another class is refused, a lower one too',
    (before, now) => {
      const still = stillAllowed(inClass(now), approvedBy(allowed(inClass(before)), 'cy'));
      expect(still).toEqual(
        before === now ? { ok: true, value: undefined } : { ok: false, error: 'its class was changed' },
      );
    },
  );

  test.each([
    ['the first of two approvers left', ['cy', 'bo']],
    ['the second of two approvers left', ['bo', 'cy']],
  ])('one approver who may no longer approve is enough to refuse: %s (B41, B47)', (_which, approvers) => {
    const files = edited('people.yaml', 'title: Owner of the orders service', 'active: false');
    expect(stillAllowed(policyOf(files), approvedBy(judged, ...approvers))).toEqual({
      ok: false,
      error: 'an approver may no longer approve this',
    });
  });

  test.each<[string, PolicyFiles]>([
    ['as many approvals as it needs now', edited('catalogue.yaml', 'waits: 8h', 'needs: 2\n      waits: 8h')],
    [
      'another title, because the card shows the old one',
      edited('catalogue.yaml', 'Orders database, read only', 'Public status page'),
    ],
    [
      'another description, because the card shows the old one',
      edited('catalogue.yaml', 'about: Look up', 'about: See'),
    ],
    [
      'a length that is the longest length now',
      edited('catalogue.yaml', 'usual: 1h\n    longest: 8h', 'usual: 1h\n    longest: 2h'),
    ],
  ])('a request is granted with %s', (_what, files) =>
    expect(stillAllowed(policyOf(files), approvedBy(judged, 'cy', 'bo')).ok).toBe(true),
  );

  test('a request without an approval is not granted', () =>
    expect(stillAllowed(policyOf(), approvedBy(judged))).toEqual({
      ok: false,
      error: 'nobody approved it',
    }));

  test.each<[string, string, string | true]>([
    ['both are the same', '- { provider: github, team: a }\n      - { provider: github, team: b }', true],
    [
      'the second is another one',
      '- { provider: github, team: a }\n      - { provider: github, team: c }',
      CHANGED,
    ],
    [
      'their order is another one',
      '- { provider: github, team: b }\n      - { provider: github, team: a }',
      CHANGED,
    ],
    ['the second is gone', '- { provider: github, team: a }', CHANGED],
    [
      'there is a third one',
      '- { provider: github, team: a }\n      - { provider: github, team: b }\n      - { provider: github, team: c }',
      CHANGED,
    ],
  ])('a request with two targets is granted only as it was approved: %s (I13)', (_what, now, expected) => {
    const policyWith = (list: string) =>
      policyOf(edited('catalogue.yaml', /targets:\n(?: {6}.*\n)+/, `targets:\n      ${list}\n`));
    const approved = allowed(
      policyWith('- { provider: github, team: a }\n      - { provider: github, team: b }'),
    );
    const still = stillAllowed(policyWith(now), approvedBy(approved, 'cy'));
    expect(still.ok || still.error).toBe(expected);
  });

  test('an account that got another name is refused (B36)', () => {
    const renamed = policyOf(edited('people.yaml', 'aws-iam: ana }', 'aws-iam: anne }'));
    const approved = allowed(policyOf(), { entitlement: 'orders-logs' });
    expect(stillAllowed(renamed, approvedBy(approved, 'cy'))).toEqual({
      ok: false,
      error: 'what it grants was changed',
    });
  });
});

describe('only the request that was approved is granted (I11)', () => {
  const approved = approvedBy(judged, 'cy');
  const { shown, targets, requirements } = approved;
  const [target, described, stage] = [targets[0], shown.targets[0], requirements.stages[0]];
  if (!target || !described || !stage) throw new Error('the quickstart has no target or no stage');
  const showing = (more: Partial<typeof shown>) => ({ shown: { ...shown, ...more } });
  const describing = (more: Partial<typeof described>) => showing({ targets: [{ ...described, ...more }] });
  const granting = (more: Partial<typeof target>) => ({ targets: [{ ...target, ...more }] });
  const detailed = (more: Partial<typeof approved.details>) => ({
    details: { ...approved.details, ...more },
  });
  const approvers = (because: string) => stage.approvers.map((each) => ({ ...each, because }));

  test.each<[string, Partial<ApprovedRequest>]>([
    ['title', showing({ title: 'Public status page' })],
    ['description', showing({ about: 'What everybody can see.' })],
    ['class', showing({ class: 'public' })],
    ['requester, as the card names them', showing({ requester: { name: 'Bo Lindqvist' } })],
    ['target, in plain words', describing({ plain: 'the public status page' })],
    ['permissions', describing({ permissions: [] })],
    ['cautions', describing({ cautions: [] })],
    ['sentence about what else happens at the end', describing({ atEnd: [] })],
    ['answer to whether the access can widen itself', describing({ widens: true })],
    ['level, as the card shows it', describing({ level: 'read' })],
    ['way in which the end is enforced', describing({ enforcement: 'A' })],
    ['session that can outlast the end', describing({ residualMs: null })],
    ['account', granting({ account: 'bo' })],
    ['target', granting({ spec: { database: 'orders', role: 'orders_admin' } })],
    ['level', granting({ level: 'admin' })],
    ['length', detailed({ minutes: 60 as typeof judged.minutes })],
    ['reason', detailed({ reasonHash: 'bb' })],
    ['stages', { requirements: { ...requirements, stages: [{ ...stage, needs: 2 }] } }],
    [
      'reason why somebody is an approver',
      { requirements: { ...requirements, stages: [{ ...stage, approvers: approvers('is there') }] } },
    ],
    ['policy', { requirements: { ...requirements, policy: 'another one' } }],
  ])('a request of which the ledger has another %s is refused', (_what, more) =>
    expect(stillAllowed(policyOf(), { ...approved, ...more })).toEqual({
      ok: false,
      error: 'it is not the request that was approved',
    }),
  );

  const teams = ['a', 'b', 'c'].map((team) => `      - { provider: github, team: ${team} }\n`).join('');
  const three = approvedBy(
    allowed(policyOf(edited('catalogue.yaml', /targets:\n(?: {6}.*\n)+/, `targets:\n${teams}`))),
    'cy',
  );
  const at = <T>(list: readonly T[], index: number, more: Partial<T>): readonly T[] =>
    list.map((each, position) => (position === index ? { ...each, ...more } : each));
  test.each<[string, Partial<ApprovedRequest>]>([
    ['account at the second target', { targets: at(three.targets, 1, { account: 'mallory' }) }],
    ['level at the third target', { targets: at(three.targets, 2, { level: 'admin' }) }],
    ['second target', { targets: at(three.targets, 1, { spec: { team: 'd' } }) }],
    ['number of targets, with one less', { targets: three.targets.slice(0, 2) }],
    ['number of targets, with one more', { targets: [...three.targets, ...three.targets.slice(0, 1)] }],
    ['order of the targets', { targets: three.targets.toReversed() }],
    [
      'description of the third target on the card',
      { shown: { ...three.shown, targets: at(three.shown.targets, 2, { widens: true }) } },
    ],
  ])('a request with three targets of which the ledger has another %s is refused (I13)', (_what, more) =>
    expect(stillAllowed(policyOf(), { ...three, ...more })).toEqual({
      ok: false,
      error: 'it is not the request that was approved',
    }),
  );

  test('a request that an older version stored is granted, and only as it was stored', () => {
    const { cautions: _cautions, atEnd: _atEnd, widens: _widens, ...older } = described;
    const stored = { ...approved, ...showing({ targets: [older] }) };
    const digest = requestDigest(stored);
    const request = { ...stored, details: { ...stored.details, digest } };
    expect(stillAllowed(policyOf(), request)).toEqual({ ok: true, value: undefined });
    const completed = { ...request, ...showing({ targets: [describedTarget(older)] }) };
    expect(stillAllowed(policyOf(), completed).ok).toBe(false);
  });

  test('a request that was stored as JSON is the same', () =>
    expect(stillAllowed(policyOf(), JSON.parse(JSON.stringify(approved)) as ApprovedRequest).ok).toBe(true));
});

test('a former approver is not eligible at the click (B47)', () => {
  const files = edited('people.yaml', 'title: Owner of the orders service', 'active: false');
  expect(isEligible(policyOf(), details, 'cy' as PersonId)).toBe(true);
  expect(isEligible(policyOf(files), details, 'cy' as PersonId)).toBe(false);
  expect(isEligible(policyOf(), details, 'sam' as PersonId)).toBe(false);
});

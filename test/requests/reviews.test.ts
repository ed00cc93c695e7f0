import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { createHash } from 'node:crypto';
import type { Instant, RequestId } from '../../core/ids.ts';
import { StatementTooLong } from '../../core/faults.ts';
import { REVIEW_LIMITS } from '../../core/reviews/limits.ts';
import type { ReviewId, ReviewOrder } from '../../core/reviews/review.ts';
import { erasePerson } from '../../ledger/erasure/erase.ts';
import { seenDigest } from '../../requests/findings/seen-digest.ts';
import { logAccess } from '../../audit/published-approval.ts';
import { drawSamples } from '../../upkeep/draw-samples.ts';
import { LOG_KEYS, publishAll } from '../audit/published.fixture.ts';
import { sequenceAll } from '../ledger/log/log.fixture.ts';
import { shiftClock } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { lineClick, lineDecided, openReviewClick, reviewOpened } from './reviews.fixture.ts';
import { answered, approvedWithoutWorkflow, granted, revoked, whileEdited } from './steps.fixture.ts';
import { decideClick } from '../../requests/decide-click.ts';

// Ana and Dee request, Bo and Cy may approve, Dee is an auditor and, with Eli, a security person.

const FINDING = `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources, state, first_seen_at)
  values ($1, 'access', 'fake', 'thing', 'thing', '{}', 'the thing', $2, $2, 'write', true, '[]', $3, ledger_now() - interval '1 minute')`;

let fixture: RequestsFixture;
let live: RequestId;
let over: RequestId;
let review: ReviewId;
const rows = <T extends object>(sql: string, values: readonly unknown[] = []) =>
  rowsOf<T>(fixture.url, sql, values);
const accessOf = async (approvers: readonly string[], more = {}): Promise<RequestId> => {
  const request = await approvedWithoutWorkflow(fixture, more, approvers);
  await granted(fixture, request);
  return request;
};
beforeAll(async () => {
  fixture = await startRequestsFixture();
  await fixture.edit('catalogue.yaml', 'security:', 'auditors: [person:dee]\nsecurity:');
  await fixture.edit('people.yaml', 'slack: U0DEE', 'fake: dee, slack: U0DEE');
  over = await accessOf(['bo']);
  await answered(fixture, over, { kind: 'end', by: 'ana' });
  await revoked(fixture, over);
  live = await accessOf(['bo']);
  await rows(FINDING, ['find_01m0000000000000000000000a', 'mallory', 'open']);
  await rows(FINDING, ['find_01m0000000000000000000000b', 'dee', 'adopted']);
  const opened = await reviewOpened(fixture);
  expect(opened.outcome).toEqual({ ok: true, value: [] });
  review = opened.id;
});
afterAll(() => fixture?.stop());

const codeOf = async (decided: ReturnType<typeof lineDecided>): Promise<string> => {
  const { outcome } = await decided;
  return outcome.ok ? 'ok' : outcome.error.code;
};

describe('a review is opened', () => {
  test('with everything that was held in its period, as lines in one order', async () => {
    const lines = await fixture.ledger.reviewLines(review);
    expect(lines.map(({ id }) => id)).toEqual(
      [
        ...['find_01m0000000000000000000000a', 'find_01m0000000000000000000000b'],
        ...[firstLease(over), firstLease(live)],
      ].sort(),
    );
    expect(lines.find(({ id }) => id === firstLease(live))).toMatchObject({
      ...{ kind: 'grant', person: 'ana', entitlement: 'thing', provider: 'fake', level: 'write' },
      ...{ approvals: [['bo']], request: live },
    });
    expect(await fixture.ledger.readReview(review)).toMatchObject({
      ...{
        by: 'dee',
        title: 'The autumn review',
        scope: {},
        population: 4,
        lines: 4,
        certified: 0,
        objected: 0,
      },
    });
  });

  test('with a digest of its population that everybody can compute', async () => {
    const ids = await rows<{ id: string }>('select id from review_member where review_id = $1', [review]);
    const text = ids
      .map(({ id }) => `${id}\n`)
      .sort()
      .join('');
    expect(await rows('select population_digest as digest from review where id = $1', [review])).toEqual([
      { digest: createHash('sha256').update(text).digest('hex') },
    ]);
  });

  test.each<[string, ReviewOrder['scope'], readonly string[]]>([
    [
      'a person, with standing access of their account',
      { person: ['dee'] },
      ['find_01m0000000000000000000000b'],
    ],
    ['an approver, so without standing access', { approver: ['bo'] }, ['over', 'live']],
    [
      'a provider',
      { provider: ['fake'] },
      ['find_01m0000000000000000000000a', 'find_01m0000000000000000000000b', 'over', 'live'],
    ],
    ['an entitlement and a person', { entitlement: ['thing'], person: ['ana'] }, ['over', 'live']],
    ['three approvers, of whom the last approved it', { approver: ['zed', 'cy', 'bo'] }, ['over', 'live']],
    [
      'three people, of whom the second has standing access',
      { person: ['zed', 'dee', 'eli'] },
      ['find_01m0000000000000000000000b'],
    ],
    [
      'three entitlements and an approver',
      { entitlement: ['x', 'thing', 'y'], approver: ['bo'] },
      ['over', 'live'],
    ],
  ])('of %s', async (_what, scope, expected) => {
    const { id } = await reviewOpened(fixture, { scope });
    const named: Readonly<Record<string, string>> = { over: firstLease(over), live: firstLease(live) };
    const found = (await fixture.ledger.reviewLines(id)).map((line) => line.id);
    expect(found).toEqual(expected.map((each) => named[each] ?? each).sort());
  });

  test.each<[string, Parameters<typeof openReviewClick>[1], string]>([
    ['nobody but an auditor', { by: 'bo' }, 'may-not-open-review'],
    ['without a title', { title: ' ' }, 'review-title-missing'],
    ['with a period that is not over', { to: (Date.now() + 9e6) as Instant }, 'review-not-opened'],
    ['with a period that ends before it begins', { to: 1 as Instant }, 'review-not-opened'],
    ['due in the past', { due: 1 as Instant }, 'review-not-opened'],
    ['of nothing', { scope: { person: ['zed'] } }, 'review-not-opened'],
    ['with a forged scope', { scope: { state: ['active'] } as never }, 'review-not-opened'],
    ['with a sample of nothing', { wanted: 0 }, 'review-not-opened'],
    ['with a sample that nobody can review', { wanted: 1001 }, 'review-not-opened'],
  ])('%s: refused', async (_what, order, code) => {
    const click = await openReviewClick(fixture, order);
    const { outcome } = await decideClick(fixture.deps, click);
    expect(outcome).toMatchObject({ ok: false, error: { code } });
  });

  test('with more than the ledger can collect in time: refused, and not tried again', async () => {
    const openReview = () => Promise.reject(new StatementTooLong('canceling statement', {}));
    const ledger = { ...fixture.ledger, openReview };
    const click = await openReviewClick(fixture);
    const { outcome } = await decideClick({ ...fixture.deps, ledger }, click);
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'review-not-opened', why: expect.stringContaining('Choose a shorter period') },
    });
  });

  test('once, however often its click is decided', async () => {
    const click = await openReviewClick(fixture, { scope: { person: ['ana'] } });
    const before = await rows('select from review');
    for (let times = 0; times < 3; times += 1)
      expect((await decideClick(fixture.deps, click)).outcome.ok).toBe(true);
    expect(await rows('select from review')).toHaveLength(before.length + 1);
  });
});

const log = logAccess([]);
const drawn = () => drawSamples({ ledger: fixture.ledger, log });

describe('a sample', () => {
  test('is drawn by the root of the log that ends with the review, once a checkpoint has it, so nobody who opens it can know it', async () => {
    const { ledger } = fixture;
    await publishAll(ledger);
    const { published: before } = await ledger.logProgress();
    const { id } = await reviewOpened(fixture, { wanted: 2 });
    expect((await drawn()).drawn).toEqual([]);
    await sequenceAll(ledger, LOG_KEYS.name);
    expect((await drawn()).drawn).toEqual([]); // Every checkpoint is older than the review.
    expect(await ledger.reviewLines(id)).toEqual([]);
    // What comes after the review changes nothing.
    await rows(
      `insert into visit (person, from_at, until_at) values ('dee', now(), now() + interval '15 minutes')`,
    );
    await publishAll(ledger);
    expect(await drawn()).toEqual({ drawn: [id], problems: [] });
    expect((await drawn()).drawn).toEqual([]);
    const entry = (await ledger.rowsOfEntries(before, before + 20)).findIndex((row) => row?.id === id);
    const size = before + entry + 1;
    const root = await log.rootAt(ledger, size);
    expect(await rows('select size, root from review_draw where review_id = $1', [id])).toEqual([
      { size, root },
    ]);
    const members = await rows<{ id: string }>('select id from review_member where review_id = $1', [id]);
    const rank = (member: string) => createHash('sha256').update(`${root}\n${member}`).digest('hex');
    const expected = members
      .map((member) => member.id)
      .sort((one, other) => (rank(one) < rank(other) ? -1 : 1))
      .slice(0, 2);
    expect((await fixture.ledger.reviewLines(id)).map((line) => line.id)).toEqual(expected);
  });
});

test('the samples of other reviews are drawn when one cannot be drawn', async () => {
  const { ledger } = fixture;
  const [broken, other] = [
    await reviewOpened(fixture, { wanted: 1 }),
    await reviewOpened(fixture, { wanted: 1 }),
  ];
  await publishAll(ledger);
  const drawSample = (id: ReviewId, root: string): Promise<boolean> =>
    id === broken.id ? Promise.reject(new Error('no memory')) : ledger.drawSample(id, root);
  expect(await drawSamples({ ledger: { ...ledger, drawSample }, log })).toEqual({
    drawn: [other.id],
    problems: [`the sample of ${broken.id} was not drawn: no memory`],
  });
  expect((await drawn()).drawn).toEqual([broken.id]);
});

describe('a line is decided', () => {
  test.each<[string, string, string]>([
    ['by another approver than the one who approved it alone', 'bo', 'own-approval'],
    ['by nobody about their own access', 'ana', 'own-access'],
    ['by no bystander', 'dee', 'not-a-reviewer'],
  ])('%s', async (_what, by, code) => {
    expect(await codeOf(lineDecided(fixture, review, firstLease(over), { by }))).toBe(code);
  });

  test('and a refusal that is repeated is recorded once, and told each time (T30)', async () => {
    const certify = { by: 'ana', kind: 'certify' } as const;
    for (let press = 0; press < 3; press += 1)
      expect(await codeOf(lineDecided(fixture, review, firstLease(over), certify))).toBe('own-access');
    for (const by of ['dee', 'eli', 'dee'])
      expect(await codeOf(lineDecided(fixture, review, firstLease(over), { ...certify, by }))).toBe(
        'not-a-reviewer',
      );
    expect(
      await rows(
        `select kind, by, count(*)::int from review_decision
          where line_id = '${firstLease(over)}' and by in ('ana', 'dee', 'eli') group by kind, by order by by`,
      ),
    ).toEqual([
      { kind: 'certify', by: 'ana', count: 1 },
      { kind: 'certify', by: 'dee', count: 1 },
      { kind: 'certify', by: 'eli', count: 1 },
    ]);
  });

  test('only when the review has it', async () => {
    expect(await codeOf(lineDecided(fixture, review, 'lease_x', { by: 'cy' }))).toBe('unknown-line');
  });

  test('once, and what comes later is refused', async () => {
    const click = lineClick(review, firstLease(over), { by: 'cy' });
    for (let times = 0; times < 2; times += 1)
      expect((await decideClick(fixture.deps, click)).outcome.ok).toBe(true);
    const again = lineDecided(fixture, review, firstLease(over), { by: 'cy', kind: 'object', note: 'late' });
    expect(await codeOf(again)).toBe('already-reviewed');
    expect(await fixture.ledger.readReviewLine(review, firstLease(over))).toMatchObject({
      decision: { kind: 'certify', by: 'cy' },
    });
  });

  test('an objection needs a reason', async () => {
    const without = lineDecided(fixture, review, firstLease(live), { by: 'cy', kind: 'object', note: '  ' });
    expect(await codeOf(without)).toBe('objection-reason-missing');
    expect(await fixture.kinds(live)).not.toContain('revoke-started');
  });

  test('an objection to access that is live begins its revocation, with the reason on its story', async () => {
    const click = lineClick(review, firstLease(live), {
      by: 'cy',
      kind: 'object',
      note: 'the project is over',
    });
    for (let times = 0; times < 2; times += 1)
      expect((await decideClick(fixture.deps, click)).outcome.ok).toBe(true);
    const trail = await fixture.ledger.readTrail(live);
    expect(
      trail.filter(({ event }) => event.kind === 'revoke-started').map(({ event }) => event),
    ).toMatchObject([{ ending: { kind: 'objected', by: 'cy', review, why: 'the project is over' } }]);
    await revoked(fixture, live);
    expect(await fixture.state(live)).toMatchObject({ kind: 'closed' });
  });

  test('an objection to an open finding revokes it, as a decision about the finding does', async () => {
    const found = await fixture.ledger.readFinding('find_01m0000000000000000000000a' as never);
    const seen = found ? seenDigest(found) : '';
    const object = (given: string) =>
      lineDecided(fixture, review, 'find_01m0000000000000000000000a', {
        ...{ by: 'eli', kind: 'object' as const, note: 'who is mallory?', seen: given },
      });
    expect(await codeOf(object('what somebody saw before'))).toBe('finding-changed');
    expect(await codeOf(object(seen))).toBe('ok');
    expect(await rows(`select kind, by, refusal from finding_decision`)).toEqual([
      { kind: 'revoke', by: 'eli', refusal: null },
    ]);
  });

  test('an objection to adopted standing access is recorded only, because nobody can revoke that here', async () => {
    const standing = 'find_01m0000000000000000000000b';
    expect(await codeOf(lineDecided(fixture, review, standing, { by: 'dee', note: 'x' }))).toBe('own-access');
    const objected = lineDecided(fixture, review, standing, {
      by: 'eli',
      kind: 'object',
      note: 'not any more',
    });
    expect(await codeOf(objected)).toBe('ok');
    expect(await rows(`select state, decision from finding where id = '${standing}'`)).toEqual([
      { state: 'adopted', decision: null },
    ]);
  });

  test('the review is finished when its last line is decided', async () => {
    expect(await fixture.ledger.readReview(review)).toMatchObject({
      ...{ lines: 4, certified: 1, objected: 3, finishedAt: expect.any(Number) },
    });
  });
});

test('a refused decision does not make the end of an old review news again', async () => {
  const toTell = async () => (await fixture.ledger.reviewsToTell()).map(({ id }) => id);
  expect(await toTell()).toContain(review);
  await shiftClock(fixture.url, 31 * 86_400_000);
  try {
    expect(await toTell()).not.toContain(review);
    const again = lineDecided(fixture, review, firstLease(over), { by: 'cy' });
    expect(await codeOf(again)).toBe('already-reviewed');
    expect(await toTell()).not.toContain(review);
  } finally {
    await shiftClock(fixture.url, 0);
  }
});

describe('an access is reviewed', () => {
  test('by whoever approved it alone, when nobody else can', async () => {
    await whileEdited(
      fixture,
      ['catalogue.yaml', 'people: [person:dee, person:eli]', 'people: [person:ana]'],
      async () => {
        await whileEdited(fixture, ['people.yaml', 'owners: [bo, cy]', 'owners: [bo]'], async () => {
          const access = { kind: 'grant', person: 'ana', entitlement: 'thing', approvals: [['bo']] } as never;
          expect(await fixture.deps.policy.reviewersFor([access])).toEqual({
            ok: true,
            value: [{ owner: 'ana', reviewers: ['bo'] }],
          });
        });
      },
    );
  });

  test.each<[string, object, readonly string[]]>([
    ['every approver of what two approved', { approvals: [['bo', 'cy']] }, ['bo', 'cy']],
    ['the other approver of what one approved', { approvals: [['cy']] }, ['bo']],
    ['the other approvers of access of one of them', { person: 'bo', approvals: [[]] }, ['cy']],
    ['the security people, for an entitlement that is gone', { entitlement: 'gone' }, ['dee', 'eli']],
    ['the approvers without a manager, for a person who is gone', { person: 'zed' }, ['bo', 'cy']],
  ])('by %s', async (_what, more, reviewers) => {
    const access = { kind: 'grant', person: 'ana', entitlement: 'thing', approvals: [['bo', 'cy']], ...more };
    const found = await fixture.deps.policy.reviewersFor([access] as never);
    expect(found.ok && found.value[0]?.reviewers).toEqual(reviewers);
  });
});

test('the log has each review and each decision, without what people wrote, and texts can be erased (T37)', async () => {
  await publishAll(fixture.ledger);
  const { size } = await fixture.ledger.logProgress();
  const entries = await fixture.ledger.rowsOfEntries(0, size);
  const own = entries.filter((row) => row?.type.startsWith('review'));
  expect(own.find((row) => row?.id === review)).toMatchObject({
    body: { by: 'dee', scope: {}, population: 4, sample: null, title: { text: 0, hash: expect.any(String) } },
  });
  expect(own.filter((row) => row?.type === 'review-decision').length).toBeGreaterThan(6);
  const said = JSON.stringify(own);
  expect([said.includes('the project is over'), said.includes('autumn')]).toEqual([false, false]);
  expect((await fixture.ledger.objectionReasons(review)).size).toBe(3);
  await erasePerson(fixture.url, { person: 'ana', by: 'root' }); // One of the objections is to her access.
  expect((await fixture.ledger.objectionReasons(review)).size).toBe(2);
  for (const person of ['cy', 'eli', 'dee']) await erasePerson(fixture.url, { person, by: 'root' });
  expect((await fixture.ledger.objectionReasons(review)).size).toBe(0);
  expect((await fixture.ledger.readReview(review))?.title).toBe('(erased)');
  expect(await rows(`select from click where body ->> 'note' = 'the project is over'`)).toEqual([]);
});

test('a click with its reason keeps nothing of it after it was decided', async () => {
  const id = uuidv7();
  const click = { ...lineClick(review, firstLease(over), { by: 'cy', note: 'a private word', id }) };
  await fixture.ledger.writeClick(click);
  await decideClick(fixture.deps, click);
  expect(await rows('select body from click where id = $1', [click.id])).toEqual([
    { body: { review, line: firstLease(over) } },
  ]);
});

test('a review is refused while as many are open as people can look at, and an auditor has at most 20', async () => {
  const open = (by: string, number: number, age: string) =>
    rows(
      `insert into review (id, opened_by, title_hash, scope, from_at, to_at, due_at, population, population_digest, opened_at)
       select $1 || n, $4, '', '{}', now() - interval '2 days', now(), now(), 1, '', ledger_now() - $2::interval from generate_series(1, $3) n`,
      [`review_${by}${age}`, age, number, by],
    );
  const refusedAs = (why: string) => ({ ok: false, error: { code: 'review-not-opened', why } });
  const { open: most, openOfPerson } = REVIEW_LIMITS;
  await open('dee', most, '401 days');
  expect((await reviewOpened(fixture)).outcome.ok).toBe(true);
  await open('dee', openOfPerson, '1 day');
  expect((await reviewOpened(fixture)).outcome).toEqual(
    refusedAs('you have 20 open reviews, and nobody could look at more. Finish one of them first'),
  );
  await whileEdited(
    fixture,
    ['catalogue.yaml', 'auditors: [person:dee]', 'auditors: [person:eli]'],
    async () => {
      expect((await reviewOpened(fixture, { by: 'eli' })).outcome.ok).toBe(true);
      await open('cy', most - openOfPerson, '1 day');
      expect((await reviewOpened(fixture, { by: 'eli' })).outcome).toEqual(
        refusedAs('100 reviews are open, and nobody could look at more. Finish one of them first'),
      );
    },
  );
});

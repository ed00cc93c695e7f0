import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { type FindingId, parseFindingId } from '../../core/findings/finding.ts';
import { clickIdOf, type PersonId, requestIdOf } from '../../core/ids.ts';
import { REVIEW_LIMITS } from '../../core/reviews/limits.ts';
import type { RecordResult } from '../../ledger/index.ts';
import { accountActingAs } from '../../requests/acting-as.ts';
import { decideClick } from '../../requests/decide-click.ts';
import { seenDigest } from '../../requests/findings/seen-digest.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { lineDecided, reviewOpened } from './reviews.fixture.ts';
import { answered, approvedWithoutWorkflow, granted, revoked, whileEdited } from './steps.fixture.ts';

// Dee is an auditor. She and Eli are the security people, who review standing access.

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
  await fixture.edit('catalogue.yaml', 'security:', 'auditors: [person:dee]\nsecurity:');
  await fixture.edit('people.yaml', 'slack: U0DEE', 'fake: dee, slack: U0DEE');
});
afterAll(() => fixture?.stop());

let made = 0;
/** Access at a target that Curfew did not grant. Returns its id. */
async function found(fields: Readonly<Record<string, string>> = {}): Promise<string> {
  const id = `find_01m${String((made += 1)).padStart(23, '0')}`;
  const row = {
    ...{
      id,
      kind: 'access',
      provider: 'fake',
      target_key: 'thing',
      target_name: 'thing',
      target: '{}',
      what: 'the thing',
    },
    ...{
      subject_id: id,
      subject_name: `account-${made}`,
      level: 'read',
      on_ladder: 'true',
      sources: '[]',
      state: 'open',
    },
    ...fields,
  };
  const columns = Object.keys(row);
  await rowsOf(
    fixture.url,
    `insert into finding (${columns.join()}, first_seen_at) values (${columns.map((_, at) => `$${at + 1}`).join()}, ledger_now() - interval '1 minute') returning id`,
    Object.values(row),
  );
  return id;
}

/** What somebody sees of a finding now. */
async function seenOf(line: string): Promise<string> {
  const finding = parseFindingId(line);
  const shown = finding.ok ? await fixture.ledger.readFinding(finding.value) : undefined;
  if (!shown) throw new Error('there is no such finding');
  return seenDigest(shown);
}

/** Adopts a finding, as the dispatcher decides it. The sweeper did not carry it out yet. */
async function adopted(line: string, by: string): Promise<RecordResult['outcome']> {
  const click = clickIdOf(uuidv7());
  const body = { finding: line as FindingId, seen: await seenOf(line), note: 'on call' };
  const who = { via: 'cli', account: accountActingAs('tester', by), person: by as PersonId } as const;
  return (
    await decideClick(fixture.deps, {
      id: click,
      request: requestIdOf(click),
      kind: 'adopt-finding',
      ...who,
      body,
    })
  ).outcome;
}

/** The level of a finding changed, so the adoption was not carried out, and it is open again. */
const changed = (line: string, level: string) =>
  rowsOf(
    fixture.url,
    'update finding set level = $2, decision = null, work_at = null where id = $1 returning id',
    [line, level],
  );

describe('a line of standing access is not certified', () => {
  test('by the person whose lease left it, under an account that nobody has', async () => {
    const request = await approvedWithoutWorkflow(fixture, { person: 'dee' }, ['bo']);
    await granted(fixture, request);
    await answered(fixture, request, { kind: 'end', by: 'dee' });
    await revoked(fixture, request);
    const line = await found({ lease_id: firstLease(request) });
    const { id } = await reviewOpened(fixture);
    expect((await lineDecided(fixture, id, line, { by: 'dee' })).outcome).toMatchObject({
      ...{ ok: false, error: { code: 'own-access' } },
    });
  });

  test.each(['before the adoption is carried out', 'while it is adopted', 'after it is gone'])(
    'by whoever adopted it alone, while somebody else can: %s',
    async (when) => {
      const line = await found({ subject_name: 'ana' });
      expect(await adopted(line, 'dee')).toMatchObject({ ok: true });
      const state = { 'while it is adopted': 'adopted', 'after it is gone': 'gone' }[when] ?? 'open';
      const seen = await seenOf(line);
      await rowsOf(
        fixture.url,
        `update finding set state = $2, closed_at = case $2 when 'open' then null else ledger_now() end where id = $1 returning id`,
        [line, state],
      );
      const { id } = await reviewOpened(fixture);
      expect((await lineDecided(fixture, id, line, { by: 'dee', seen })).outcome).toMatchObject({
        ...{ ok: false, error: { code: 'own-approval' } },
      });
      expect((await lineDecided(fixture, id, line, { by: 'eli', seen })).outcome).toMatchObject({ ok: true });
    },
  );

  test('when it is more now than what the reviewer saw (I11)', async () => {
    const line = await found();
    const { id } = await reviewOpened(fixture);
    const finding = parseFindingId(line);
    const shown = finding.ok ? await fixture.ledger.readFinding(finding.value) : undefined;
    if (!shown) throw new Error('there is no such finding');
    await rowsOf(fixture.url, `update finding set level = 'write' where id = $1 returning id`, [line]);
    const decided = (seen: string) => lineDecided(fixture, id, line, { by: 'dee', seen });
    expect((await lineDecided(fixture, id, line, { by: 'dee' })).outcome).toMatchObject({
      ...{ ok: false, error: { code: 'finding-changed' } },
    });
    expect((await decided(seenDigest(shown))).outcome).toMatchObject({
      ...{ ok: false, error: { code: 'finding-changed' } },
    });
    expect((await decided(seenDigest({ ...shown, level: 'write' }))).outcome).toMatchObject({ ok: true });
  });
});

describe('of several adoptions', () => {
  test('the newest that counts decides who adopted alone', async () => {
    const line = await found({ subject_name: 'ana' });
    expect(await adopted(line, 'dee')).toMatchObject({ ok: true });
    await changed(line, 'write');
    expect(await adopted(line, 'eli')).toMatchObject({ ok: true });
    const { id } = await reviewOpened(fixture);
    const seen = await seenOf(line);
    expect((await lineDecided(fixture, id, line, { by: 'eli', seen })).outcome).toMatchObject({
      ...{ ok: false, error: { code: 'own-approval' } },
    });
    expect((await lineDecided(fixture, id, line, { by: 'dee', seen })).outcome).toMatchObject({ ok: true });
  });

  test('two people who adopted the same can both certify it', async () => {
    const line = await found();
    expect(await adopted(line, 'dee')).toMatchObject({ error: { code: 'second-person-needed' } });
    expect(await adopted(line, 'eli')).toMatchObject({ ok: true });
    const { id } = await reviewOpened(fixture);
    const decision = { by: 'eli', seen: await seenOf(line) };
    expect((await lineDecided(fixture, id, line, decision)).outcome).toMatchObject({ ok: true });
  });
});

describe('standing access that somebody certified', () => {
  test('is not adopted by the same person alone, while somebody else can', async () => {
    const line = await found({ subject_name: 'ana' });
    const { id } = await reviewOpened(fixture);
    const decision = { by: 'dee', seen: await seenOf(line) };
    expect((await lineDecided(fixture, id, line, decision)).outcome).toMatchObject({ ok: true });
    expect(await adopted(line, 'dee')).toMatchObject({ error: { code: 'second-person-needed' } });
    expect(await adopted(line, 'eli')).toMatchObject({ ok: true });
  });

  test('is adopted by the same person when nobody else can', async () => {
    const line = await found({ subject_name: 'ana' });
    const { id } = await reviewOpened(fixture);
    const decision = { by: 'dee', seen: await seenOf(line) };
    expect((await lineDecided(fixture, id, line, decision)).outcome).toMatchObject({ ok: true });
    const others = ['catalogue.yaml', 'people: [person:dee, person:eli]', 'people: [person:dee]'] as const;
    await whileEdited(fixture, others, async () => {
      expect(await adopted(line, 'dee')).toMatchObject({ ok: true });
    });
  });
});

describe('of three people who may adopt access of an account that nobody has', () => {
  const needed = { error: { code: 'second-person-needed' } };
  const NAMED = 'people: [person:dee, person:eli]';
  const three = async (work: () => Promise<void>) =>
    whileEdited(fixture, ['people.yaml', 'groups:', '  - { id: fay, name: Fay }\ngroups:'], () =>
      whileEdited(fixture, ['catalogue.yaml', NAMED, 'people: [person:dee, person:eli, person:fay]'], work),
    );
  const LEAVING = [
    ['left', ['people.yaml', 'id: eli, name: Eli', 'id: eli, name: Eli, active: false']],
    ['is not named any more', ['catalogue.yaml', 'person:eli, person:fay', 'person:fay']],
  ] as const;

  test.each(LEAVING)('one who adopted it and %s does not count, and another one does', (_what, change) =>
    three(async () => {
      const line = await found();
      expect(await adopted(line, 'eli')).toMatchObject(needed);
      await whileEdited(fixture, change, async () => {
        expect(await adopted(line, 'fay')).toMatchObject(needed);
        expect(await adopted(line, 'dee')).toMatchObject({ ok: true });
      });
    }),
  );

  test.each(LEAVING)('one who adopted it and %s does not keep the others from adopting it', (_what, change) =>
    three(async () => {
      const line = await found();
      expect(await adopted(line, 'eli')).toMatchObject(needed);
      await whileEdited(fixture, change, async () => {
        expect(await adopted(line, 'dee')).toMatchObject(needed);
        expect(await adopted(line, 'fay')).toMatchObject({ ok: true });
      });
    }),
  );
});

test('of a long reason the beginning is kept, by whole characters', async () => {
  const line = await found({ state: 'adopted' });
  const { id } = await reviewOpened(fixture);
  const note = '🔒'.repeat(REVIEW_LIMITS.reasonLength + 1);
  expect((await lineDecided(fixture, id, line, { by: 'eli', kind: 'object', note })).outcome.ok).toBe(true);
  expect([...(await fixture.ledger.objectionReasons(id)).values()]).toEqual([
    '🔒'.repeat(REVIEW_LIMITS.reasonLength),
  ]);
});

test('an account is that of a person in whatever letters the provider writes it', async () => {
  const line = await found({ subject_name: 'Dee' });
  const { id } = await reviewOpened(fixture, { scope: { person: ['dee'] } });
  expect((await fixture.ledger.reviewLines(id)).map((each) => each.id)).toContain(line);
});

test('who decided a line has its review in their list, although they review nothing else', async () => {
  const line = await found();
  const shown = await fixture.ledger.readFinding(line as never);
  const { id } = await reviewOpened(fixture);
  const list = async (person: string) =>
    (
      await fixture.ledger.listReviews(
        { person: person as PersonId, people: [], entitlements: [], withStanding: false },
        { most: 100 },
      )
    ).map((review) => review.id);
  expect(await list('eli')).not.toContain(id);
  const decision = { by: 'eli', seen: shown ? seenDigest(shown) : '' };
  expect((await lineDecided(fixture, id, line, decision)).outcome.ok).toBe(true);
  expect(await list('eli')).toContain(id);
});

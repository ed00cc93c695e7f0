import { type DecidedKind } from '../../core/click-kinds.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type MassEndingId, type PersonId, requestIdOf } from '../../core/ids.ts';
import type { FindingId } from '../../core/findings/finding.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import type { Click } from '../../ledger/index.ts';
import { accountActingAs } from '../../requests/acting-as.ts';
import { decideClick } from '../../requests/decide-click.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { lifted } from './mass-ending.fixture.ts';
import { startRequestsFixture, type RequestsFixture } from './requests.fixture.ts';
import { answered, approvedWithoutWorkflow, asked, granted, openedWithoutWorkflow } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
beforeEach(async () => {
  for (const person of ['ana', 'bo']) await endAll({ kind: 'person', person: person as PersonId }, person);
});
afterAll(() => fixture?.stop());

/** Stores a click of a person as a channel does. */
const stored = (by: string, more: object): Promise<Click> => {
  const id = clickIdOf(uuidv7());
  const account = accountActingAs('tester', by);
  return fixture.ledger.writeClick({
    ...{ id, request: requestIdOf(id), via: 'cli', account, person: by as PersonId, body: {} },
    ...more,
  } as Click);
};
/** Decides a click as the dispatcher does, unless it is decided. */
async function decided(click: Click): Promise<Click> {
  if (await fixture.ledger.clickOutcome(click.id)) return click;
  const { outcome } = await decideClick(fixture.deps, click as Click<DecidedKind>);
  const kind = outcome.ok ? { kind: 'answered' } : { kind: 'refused', refusal: outcome.error };
  await fixture.ledger.storeOutcome(click.id, kind);
  return click;
}
const endAll = async (scope: EndScope, by: string, reason = 'x') =>
  decided(await stored(by, { kind: 'end-all', body: { scope, reason } }));
const own: EndScope = { kind: 'person', person: 'ana' as PersonId };
const massEndings = async () =>
  (await rowsOf<{ made_by: string }>(fixture.url, 'select made_by from mass_ending order by made_at')).map(
    ({ made_by }) => made_by,
  );

describe('the same ending that somebody asks for again shares one entry', () => {
  test('of everything of them, while it is not decided and with nothing left, whatever the reason', async () => {
    await openedWithoutWorkflow(fixture);
    const before = await massEndings();
    const undecided = await Promise.all(
      Array.from({ length: 20 }, (_each, time) =>
        stored('ana', { kind: 'end-all', body: { scope: own, reason: `r${time}` } }),
      ),
    );
    expect(new Set(undecided.map(({ id }) => id)).size).toBe(20); // The text of one may be what another lacks.
    for (const click of undecided) await decided(click);
    for (let time = 0; time < 20; time += 1) await endAll(own, 'ana', `again ${time}`);
    expect((await massEndings()).slice(before.length)).toEqual(['ana']);
  });

  test('of everything of them, in another channel', async () => {
    await endAll(own, 'ana');
    const inConsole = async (reason: string) =>
      decided(
        await stored('ana', {
          ...{ kind: 'end-all', via: 'console', account: 'ana-console', body: { scope: own, reason } },
        }),
      );
    const first = await inConsole('x');
    for (let time = 0; time < 5; time += 1) expect((await inConsole(`again ${time}`)).id).toBe(first.id);
  });

  test('and shows how far that one is, while its access is not revoked', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    const first = await endAll(own, 'ana');
    const inConsole = { kind: 'end-all', via: 'console', account: 'ana-console' };
    const second = await decided(await stored('ana', { ...inConsole, body: { scope: own, reason: 'x' } }));
    const progress = ({ id }: Click) =>
      fixture.ledger.massEndingProgress(id.replace('click_', 'end_') as MassEndingId);
    expect(second.id).not.toBe(first.id);
    expect(await progress(second)).toEqual(await progress(first));
    expect(await progress(second)).toMatchObject({ ended: 1, over: 0, scope: own });
  });

  test('and another person has an entry of their own', async () => {
    const before = await massEndings();
    const ofCy: EndScope = { kind: 'person', person: 'cy' as PersonId };
    const clicks: Click[] = [];
    for (const by of ['cy', 'cy', 'dee', 'dee', 'eli']) clicks.push(await endAll(ofCy, by));
    expect((await massEndings()).slice(before.length)).toEqual(['cy', 'dee', 'eli']);
    for (const { id } of clicks.slice(2))
      for (const by of ['dee', 'eli'])
        await lifted(fixture, id.replace('click_', 'end_') as MassEndingId, by);
  });

  test('of one request', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    const clicks = [await decided(await stored('ana', { kind: 'end', request }))];
    for (let time = 0; time < 5; time += 1) clicks.push(await stored('ana', { kind: 'end', request }));
    expect(new Set(clicks.map(({ id }) => id)).size).toBe(1);
    expect((await stored('bo', { kind: 'end', request })).id).not.toBe(clicks[0]?.id);
  });

  test('that was refused more often than anybody tries by hand', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const clicks: Click[] = [];
    for (let time = 0; time < 60; time += 1)
      clicks.push(await decided(await stored('cy', { kind: 'end', request })));
    expect(new Set(clicks.map(({ id }) => id)).size).toBeLessThanOrEqual(21);
  });
});

const thing: EndScope = { kind: 'entitlement', entitlement: 'thing' };
/** The ids of the clicks that are stored when a person sends this with each of the texts, and nobody decides. */
async function waiting(by: string, click: (text: string) => object, texts: readonly string[]) {
  const ids = new Set<string>();
  for (const text of texts) ids.add((await stored(by, click(text))).id);
  return ids;
}
const many = (text: (time: number) => string) => Array.from({ length: 60 }, (_each, time) => text(time));
const HIDDEN = '\u200b';
/** Texts of which each kind that needs one says whether it has one. All but the first may be refused. */
const TEXTS: readonly (readonly [what: string, text: (time: number) => string])[] = [
  ['a reason', (time) => `reason ${time}`],
  ['nothing to read', (time) => (time % 2 === 0 ? ' ' : HIDDEN).repeat(time)],
  ['a text that is too long', (time) => `${time} ${'y'.repeat(1_000)}`],
  ['more hidden characters than are kept, and then a text', (time) => `${HIDDEN.repeat(1_001)}${time}`],
  ['more hidden characters than are kept', (time) => HIDDEN.repeat(1_001 + time)],
];
const KINDS = (request: string, digest: string): readonly (readonly [string, (text: string) => object])[] => [
  ['end', (note) => ({ kind: 'end', request, body: { note } })],
  ['withdraw', (note) => ({ kind: 'withdraw', request, body: { digest, note } })],
  ['deny', (note) => ({ kind: 'deny', request, body: { digest, note } })],
  ['end-all', (reason) => ({ kind: 'end-all', body: { scope: thing, reason } })],
];

describe('while nobody decides them, endings of one person that differ only in their text', () => {
  test.each(TEXTS)(
    'and have %s are twenty entries at most, and do what each would do',
    async (_what, text) => {
      for (const [kind, click] of KINDS(await openedWithoutWorkflow(fixture), 'd')) {
        const ids = await waiting('ana', click, many(text));
        expect([kind, ids.size]).toEqual([kind, 20]);
        for (const [what, other] of TEXTS)
          if (other !== text) {
            const before = ids.size;
            ids.add((await stored('ana', click(other(7)))).id);
            expect([kind, what, ids.size]).toEqual([kind, what, before + 1]);
          }
        for (const id of ids) await fixture.ledger.storeOutcome(id as Click['id'], { kind: 'answered' });
      }
    },
  );

  test('are not shared with those that saw something else', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const saw = (digest: string) => (note: string) => ({ kind: 'deny', request, body: { digest, note } });
    const ids = await waiting(
      'bo',
      saw('other'),
      many((time) => `no ${time}`),
    );
    const { state } = await fixture.ledger.readState(request);
    if (state.kind !== 'pending') throw new Error(state.kind);
    const click = await stored('bo', saw(state.details.digest)('no'));
    expect(ids).not.toContain(click.id);
    await decided(click);
    expect((await fixture.state(request)).kind).toBe('closed');
  });

  test('or in digests that neither the request nor an extension of it has, are twenty entries at most', async () => {
    const request = await openedWithoutWorkflow(fixture);
    for (const kind of ['end', 'withdraw', 'deny']) {
      const ids = await waiting(
        'ana',
        (digest) => ({ kind, request, body: { digest } }),
        many((time) => `invented ${time}`),
      );
      expect([kind, ids.size]).toEqual([kind, 20]);
    }
  });

  test.each(['channel', 'message', 'title'])(
    'or come from places with another %s, are twenty entries at most',
    async (field) => {
      const request = await openedWithoutWorkflow(fixture);
      const from = (where: string) => ({ kind: 'end', request, body: { note: 'x', [field]: where } });
      const ids = await waiting(
        'ana',
        from,
        many((time) => `${time}`),
      );
      expect(ids.size).toBe(20);
    },
  );

  test('and name different digests of the request and its extension are not shared', async () => {
    const request = await openedWithoutWorkflow(fixture);
    await answered(fixture, request, { kind: 'approve', by: 'bo' });
    await granted(fixture, request);
    await asked(fixture, request);
    const { state } = await fixture.ledger.readState(request);
    if (state.kind !== 'active' || !state.extension) throw new Error(state.kind);
    const withdraw = (digest: string) => (note: string) => ({
      kind: 'withdraw',
      request,
      body: { digest, note },
    });
    const texts = many((time) => `${time}`);
    const ids = await waiting('ana', withdraw(state.details.digest), texts);
    expect(ids).not.toContain((await stored('ana', withdraw(state.extension.details.digest)('x'))).id);
  });

  test('are not shared with those that nobody tries again soon', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const end = (note: string) => ({ kind: 'end', request, body: { note } });
    const ids = await waiting(
      'ana',
      end,
      many((time) => `${time}`),
    );
    await asAdmin(
      async (owner) =>
        void (await owner.query(`update click set next_try_at = 'infinity' where id = any ($1)`, [[...ids]])),
      fixture.url,
    );
    expect(ids).not.toContain((await stored('ana', end('now'))).id);
  });

  test('are not shared with those that the account sent for another person', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const end = (note: string) => ({ kind: 'end', request, account: 'login', body: { note } });
    const ids = await waiting(
      'ana',
      end,
      many((time) => `${time}`),
    );
    expect(ids).not.toContain((await stored('bo', end('now'))).id);
    expect(ids).toContain((await stored('ana', end('now'))).id);
  });

  test('of three people are shared with nobody else', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const end = (note: string) => ({ kind: 'end', request, body: { note } });
    const all = await Promise.all(
      ['ana', 'bo', 'cy'].map((by) =>
        waiting(
          by,
          end,
          many((time) => `${time}`),
        ),
      ),
    );
    expect(new Set(all.flatMap((ids) => [...ids])).size).toBe(60);
  });
});

describe('an ending with a reason is never shared with those that were refused for their text', () => {
  test.each(TEXTS.slice(1))('everything of an entitlement: they had %s', async (_what, text) => {
    for (const each of many(text)) await endAll(thing, 'eli', each);
    const { id } = await endAll(thing, 'eli', 'stolen');
    expect(await fixture.ledger.clickOutcome(id)).toEqual({ kind: 'answered' });
    for (const by of ['eli', 'cy', 'bo', 'dee'])
      await lifted(fixture, id.replace('click_', 'end_') as MassEndingId, by);
  });

  test('a denial: they had none', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const { state } = await fixture.ledger.readState(request);
    if (state.kind !== 'pending') throw new Error(state.kind);
    const { digest } = state.details;
    const deny = async (note: string) =>
      decided(await stored('bo', { kind: 'deny', request, body: { digest, note } }));
    for (const note of many(() => ' ')) await deny(note);
    await deny('not yours');
    expect((await fixture.state(request)).kind).toBe('closed');
  });
});

describe('an ending that has something to end is never shared', () => {
  test('with one that has no reason, and is refused for that', async () => {
    const scope: EndScope = { kind: 'entitlement', entitlement: 'thing' };
    for (let time = 0; time < 30; time += 1) await endAll(scope, 'eli', ' ');
    const { id } = await endAll(scope, 'eli', 'stolen');
    expect(await fixture.ledger.clickOutcome(id)).toEqual({ kind: 'answered' });
    for (const by of ['eli', 'cy', 'bo', 'dee'])
      await lifted(fixture, id.replace('click_', 'end_') as MassEndingId, by);
  });

  test('with one that waits, unless twenty that say the same wait', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const waiting = new Set<string>();
    for (let time = 0; time < 40; time += 1) waiting.add((await stored('ana', { kind: 'end', request })).id);
    expect(waiting.size).toBe(20);
    expect(waiting).not.toContain((await stored('ana', { kind: 'end', request, body: { note: 'x' } })).id);
  });

  test.each([
    ['deny', 'bo'],
    ['withdraw', 'ana'],
  ])('an answer to an extension, after the same one to an earlier extension: %s', async (kind, by) => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    const clicks = new Set<string>();
    for (const length of ['20m', '30m']) {
      await asked(fixture, request, { length });
      const { state } = await fixture.ledger.readState(request);
      if (state.kind !== 'active' || !state.extension) throw new Error(state.kind);
      const { digest } = state.extension.details;
      const click = await decided(await stored(by, { kind, request, body: { digest, note: 'no' } }));
      clicks.add(click.id);
      expect(await fixture.ledger.readState(request)).not.toHaveProperty('state.extension');
    }
    expect(clicks.size).toBe(2);
  });

  test('of people who left, after one whose scope had only some of them', async () => {
    const people = ['ana' as PersonId, 'dee' as PersonId];
    const first = await stored('eli', {
      kind: 'end-all',
      body: { scope: { kind: 'leavers', people }, reason: 'x' },
    });
    await fixture.ledger.writeMassEnding({
      ...{ id: first.id.replace('click_', 'end_') as MassEndingId, by: 'eli' as PersonId, reason: 'x' },
      scope: { kind: 'leavers', people: ['dee' as PersonId] },
    });
    await fixture.ledger.storeOutcome(first.id, { kind: 'answered' });
    const again = await stored('eli', {
      kind: 'end-all',
      body: { scope: { kind: 'leavers', people }, reason: 'x' },
    });
    expect(again.id).not.toBe(first.id);
  });

  test('everything of a person, after they have a new request', async () => {
    await endAll(own, 'ana');
    const request = await openedWithoutWorkflow(fixture);
    await endAll(own, 'ana');
    expect((await fixture.state(request)).kind).toBe('closed');
  });

  test('everything of a person, after the lock was lifted', async () => {
    const first = await endAll(own, 'dee');
    expect((await endAll(own, 'dee')).id).toBe(first.id);
    for (const by of ['eli', 'cy', 'bo', 'dee'])
      await lifted(fixture, first.id.replace('click_', 'end_') as never, by);
    expect(await fixture.ledger.readLocks()).toEqual([]);
    expect((await endAll(own, 'dee')).id).not.toBe(first.id);
    for (const lock of await fixture.ledger.readLocks())
      for (const by of ['eli', 'cy', 'bo', 'dee']) await lifted(fixture, lock.id, by);
  });

  test('everything of a person, after one of the two people whom its lock needs lifted it', async () => {
    const stolen = () => endAll(own, 'dee', 'stolen');
    const id = ({ id: click }: Click) => click.replace('click_', 'end_') as MassEndingId;
    const first = await stolen();
    expect((await stolen()).id).toBe(first.id);
    await lifted(fixture, id(first), 'eli');
    const second = await stolen();
    expect(second.id).not.toBe(first.id);
    await lifted(fixture, id(first), 'dee');
    expect(await fixture.ledger.readLocks()).toMatchObject([
      { id: id(second), lock: { needs: 2, liftedBy: [] } },
    ]);
    for (const by of ['eli', 'dee']) await lifted(fixture, id(second), by);
    expect(await fixture.ledger.readLocks()).toEqual([]);
  });

  test('everything of a person, after the policy has more people lift a lock', async () => {
    const id = ({ id: click }: Click) => click.replace('click_', 'end_') as MassEndingId;
    const first = await endAll(own, 'dee', 'stolen');
    expect(
      await fixture.ledger.shareMassEnding(id(first), { by: 'dee' as PersonId, scope: own, needs: 3 }),
    ).toBeUndefined();
    for (const by of ['eli', 'dee']) await lifted(fixture, id(first), by);
  });

  test('an end that was refused while the request waited, however often, after it became active', async () => {
    const request = await openedWithoutWorkflow(fixture);
    for (let time = 0; time < 40; time += 1) await decided(await stored('ana', { kind: 'end', request }));
    const { state } = await fixture.ledger.readState(request);
    if (state.kind !== 'pending') throw new Error(state.kind);
    await decided(await stored('bo', { kind: 'approve', request, body: { digest: state.details.digest } }));
    await granted(fixture, request);
    await decided(await stored('ana', { kind: 'end', request }));
    expect((await fixture.state(request)).kind).toBe('revoking');
  });

  test('an ending in another channel, whose account may still have to be checked', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const inSlack = await stored('ana', { kind: 'withdraw', request, via: 'slack', account: 'U0ANA' });
    expect((await stored('ana', { kind: 'withdraw', request })).id).not.toBe(inSlack.id);
  });
});

test('a revocation of a finding is shared while that one is to be carried out, and no more once the finding changed', async () => {
  const finding = 'find_shared' as FindingId;
  await rowsOf(
    fixture.url,
    `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources,
                          state, first_seen_at, last_seen_at)
     values ($1, 'access', 'fake', 'k', 'k', '{}', 'x', 'i', 'x', 'write', true, '[]', 'open', now(), now())`,
    [finding],
  );
  const revoke = async () => {
    const click = await stored('eli', { kind: 'revoke-finding', body: { finding, seen: 's' } });
    if (await fixture.ledger.clickOutcome(click.id)) return click.id;
    await fixture.ledger.decideFinding({
      ...{ click: click.id, finding, kind: 'revoke', by: 'eli' as PersonId, via: 'cli', seen: 's' },
      judge: () => Promise.resolve(undefined),
    });
    await fixture.ledger.storeOutcome(click.id, { kind: 'answered' });
    return click.id;
  };
  const first = await revoke();
  for (let time = 0; time < 3; time += 1) expect(await revoke()).toBe(first);
  await fixture.ledger.endFindingWork({ id: finding, changed: 'it has another level now' });
  expect(await revoke()).not.toBe(first);
  await rowsOf(fixture.url, 'delete from finding where id = $1', [finding]);
});

describe('100,000 old mass endings', () => {
  const plant = (age: string) =>
    asAdmin(async (owner) => {
      await owner.query('set session_replication_role = replica');
      await owner.query(
        `insert into mass_ending (id, scope, made_by, needs, made_at)
         select 'end_' || $1 || i, '{"kind":"person","person":"eve"}', 'eve', null, ledger_now() - $1::interval - i * interval '1 microsecond'
           from generate_series(1, 100000) i`,
        [age],
      );
      await owner.query('analyze mass_ending');
    }, fixture.url);
  // Else every later grant waits until the log has published them.
  afterAll(() =>
    asAdmin(async (owner) => {
      await owner.query('set session_replication_role = replica');
      await owner.query(`delete from mass_ending where made_by = 'eve'`);
    }, fixture.url),
  );
  test('of the last week and of the last hour keep none from being ended and shown', async () => {
    await plant('2 days');
    await plant('1 hour');
    await openedWithoutWorkflow(fixture);
    const { id } = await stored('ana', { kind: 'end-all', body: { scope: own, reason: 'x' } });
    await decideClick(fixture.deps, (await fixture.ledger.readClick(id)) as Click<DecidedKind>);
    const recent = await fixture.ledger.recentMassEndings([]);
    expect(recent[0]).toMatchObject({ by: 'ana' });
    expect(recent.length).toBeLessThanOrEqual(200);
    expect(await fixture.ledger.recentMassEndings([recent[0]?.id as never])).not.toContainEqual(recent[0]);
    expect(await fixture.ledger.unfinishedMassEndings()).toEqual([]);
    expect(await fixture.ledger.readLocks()).toEqual([]);
  });
});

test('endings of things that nobody ever had a request for have a limit in each hour', async () => {
  const before = await massEndings();
  let last: unknown;
  for (let time = 0; time <= 100; time += 1)
    last = await endAll({ kind: 'entitlement', entitlement: `invented-${time}` } as EndScope, 'ana').catch(
      (error: unknown) => error,
    );
  expect(last).toMatchObject({ name: 'OverLimit' });
  expect(await massEndings()).toEqual(before);
});

test('a refusal of the future, before the clock went back, is shared by no end (I14, F22)', async () => {
  const request = await approvedWithoutWorkflow(fixture);
  await granted(fixture, request);
  const end = () => stored('bo', { kind: 'end', request, body: { digest: 'd' } });
  await fixture.shiftClock(1_800_000);
  for (let time = 0; time < 20; time += 1)
    await fixture.ledger.storeOutcome((await end()).id, {
      kind: 'refused',
      refusal: { code: 'not-eligible', why: 'not-an-approver' } as never,
    });
  await fixture.shiftClock(0);
  const now = await end();
  expect(await fixture.ledger.clickOutcome(now.id)).toBeUndefined();
});

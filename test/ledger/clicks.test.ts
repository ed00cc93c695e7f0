import { afterEach, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { type ClickId, clickIdOf, clickIdOfRequest, requestIdOf } from '../../core/ids.ts';
import { type Click } from '../../ledger/index.ts';
import { ana, bo } from '../core/request/request.fixture.ts';
import { memberFacts } from '../core/account.fixture.ts';
import { approve, newRequest, opening } from './ledger.fixture.ts';
import { atTime, ledger, rows, whileHeld } from './own-ledger.fixture.ts';
afterEach(() => rows('update click set done_at = ledger_now() where done_at is null'));
afterEach(() => rows('delete from attempt_count'));

function newClick(more: Partial<Click> = {}): Click {
  const id = clickIdOf(uuidv7());
  return {
    id,
    request: requestIdOf(id),
    via: 'cli',
    account: 'ana-login',
    person: ana,
    kind: 'deny',
    body: { digest: 'd1', note: 'not today', channel: 'C1' },
    ...more,
  } as Click;
}
async function written(more: Partial<Click> = {}): Promise<Click> {
  const click = newClick(more);
  await ledger.writeClick(click);
  return click;
}
const take = async (retryMs = 60_000) =>
  (await ledger.takeClicks(['deny', 'end'], 10, retryMs)).map(({ id }) => id);
const dueInSeconds = async (id: ClickId) =>
  (
    await rows<{ due: number }>(
      'select extract(epoch from next_try_at - ledger_now())::int as due from click where id = $1',
      [id],
    )
  )[0]?.due;

test('a click is read as it was written, also one of an account that nobody has', async () => {
  const known = await written();
  expect(await ledger.readClick(known.id)).toEqual(known);
  const unknown = await written({ person: null, via: 'slack', account: 'U1' });
  expect(await ledger.readClick(unknown.id)).toEqual(unknown);
  expect(await ledger.readClick(clickIdOf(uuidv7()))).toBeUndefined();
});

test('a second click with the same id does not replace the first one (F17)', async () => {
  const first = await written();
  await ledger.writeClick({ ...first, account: 'U2', person: bo } as Click);
  expect(await ledger.readClick(first.id)).toEqual(first);
});

test('what a channel delivers again is the click that is stored already (F18, T03)', async () => {
  const [first, again, another] = [newClick(), newClick(), newClick()];
  expect(await ledger.writeClick(first, 'trigger-1')).toEqual(first);
  expect(await ledger.writeClick(again, 'trigger-1')).toEqual(first);
  expect(await ledger.readClick(again.id)).toBeUndefined();
  expect(await ledger.writeClick(another, 'trigger-2')).toEqual(another);
  const fromSlack = newClick({ via: 'slack' });
  expect(await ledger.writeClick(fromSlack, 'trigger-1')).toEqual(fromSlack); // another channel has its own ids
  expect(await ledger.writeClick(newClick({ via: 'slack' }), 'trigger-1')).toEqual(fromSlack);
});

test('the same thing that is delivered ten times at the same moment is one click (F18)', async () => {
  const source = uuidv7();
  const stored = await Promise.all(Array.from({ length: 10 }, () => ledger.writeClick(newClick(), source)));
  expect(new Set(stored.map(({ id }) => id)).size).toBe(1);
});

test('clicks are taken in the order in which people acted, at most as many as the limit', async () => {
  const [one, two, three] = [await written(), await written({ kind: 'end' }), await written()];
  expect((await ledger.takeClicks(['deny', 'end'], 2, 60_000)).map(({ id }) => id)).toEqual([one.id, two.id]);
  expect(await take()).toEqual([three.id]);
});

test('the limit takes the clicks that have been due longest, and the result is in the order of their ids', async () => {
  const due = [
    [await written(), 20],
    [await written(), 10],
    [await written(), 30],
    [await written(), 40],
  ] as const;
  for (const [{ id }, seconds] of due.toReversed())
    await rows(`update click set next_try_at = ledger_now() - $2 * interval '1 second' where id = $1`, [
      id,
      seconds,
    ]);
  const [one, two, three, four] = due.map(([{ id }]) => id);
  expect((await ledger.takeClicks(['deny'], 3, 60_000)).map(({ id }) => id)).toEqual([one, three, four]);
  expect(await take()).toEqual([two]);
});

test('each person has a turn: the click of one is taken before the second one of another who acted a hundred times (T30)', async () => {
  const many: Click[] = [];
  for (let at = 0; at < 100; at += 1) many.push(await written());
  const [first, second] = many.map(({ id }) => id);
  const ofBo = await written({ person: bo, account: 'bo-login' });
  const ofNobody = await written({ person: null, account: 'U1' });
  const taken = async (most: number) => (await ledger.takeClicks(['deny'], most, 60_000)).map(({ id }) => id);
  expect(await taken(3)).toEqual([first, ofBo.id, ofNobody.id]);
  expect(await taken(1)).toEqual([second]);
});

test('a click that another dispatcher takes at this moment is passed over, and nobody waits for it', async () => {
  const [busy, free] = [await written(), await written()];
  const taken = await whileHeld('select from click where id = $1', [busy.id], () => take());
  expect(taken).toEqual([free.id]);
  expect(await take()).toEqual([busy.id]);
});

test('a dispatcher that may take one click takes the next one when the first is being taken, also that of another person', async () => {
  const busy = await written();
  const others = [await written(), await written({ person: bo, account: 'bo-login' })].map(({ id }) => id);
  const one = async () => (await ledger.takeClicks(['deny'], 1, 60_000)).map(({ id }) => id);
  const taken = await whileHeld('select from click where id = $1', [busy.id], async () => [
    ...(await one()),
    ...(await one()),
  ]);
  expect(taken.toSorted()).toEqual(others.toSorted());
  expect(await take()).toEqual([busy.id]);
});

test('each account that nobody has a turn of its own (T30)', async () => {
  const ofUnknown = (account: string, via: Click['via'] = 'cli') => written({ person: null, account, via });
  const many = [await ofUnknown('U1'), await ofUnknown('U1'), await ofUnknown('U1')];
  const others = [await ofUnknown('U2'), await ofUnknown('U1', 'console')];
  const taken = await ledger.takeClicks(['deny'], 3, 60_000);
  expect(taken.map(({ id }) => id)).toEqual([many[0]?.id, ...others.map(({ id }) => id)]);
});

test('a person and an unknown account with the same name do not share a turn', async () => {
  const [first, , third] = [
    await written(),
    await written(),
    await written({ person: null, account: 'ana' }),
  ];
  expect((await ledger.takeClicks(['deny'], 2, 60_000)).map(({ id }) => id)).toEqual([first.id, third.id]);
});

test('only the named kinds are taken, and no click with an outcome', async () => {
  const [denial, request, done] = [
    await written(),
    await written({ kind: 'request', body: { entitlement: 'x', length: '1h', reason: 'y' } }),
    await written(),
  ];
  await ledger.storeOutcome(done.id, { kind: 'answered' });
  expect(await take()).toEqual([denial.id]);
  expect((await ledger.takeClicks(['request'], 10, 60_000)).map(({ id }) => id)).toEqual([request.id]);
});

test('a click is taken only after the account behind it was checked (T45)', async () => {
  const { id } = await written({ via: 'slack', account: 'U1' });
  expect(await take()).toEqual([]);
  await ledger.storeAccountCheck(id, memberFacts());
  expect(await take()).toEqual([id]);
});

test('a click without an outcome is due again after a pause that doubles, and is at most a minute', async () => {
  const { id } = await written();
  await atTime(Date.now(), async () => {
    const pauses: (number | undefined)[] = [];
    for (const tries of [0, 1, 2, 3, 4, 5, 6, 5_000]) {
      await rows('update click set next_try_at = ledger_now(), tries = $2 where id = $1', [id, tries]);
      expect(await take(2_000)).toEqual([id]);
      expect(await take(2_000)).toEqual([]);
      expect(await rows('select tries from click where id = $1', [id])).toEqual([{ tries: tries + 1 }]);
      pauses.push(await dueInSeconds(id));
    }
    expect(pauses).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  });
});

test('the first outcome of a click stays, and no other click gets it', async () => {
  const [one, other] = [await written(), await written()];
  expect(await ledger.clickOutcome(one.id)).toBeUndefined();
  await ledger.storeOutcome(one.id, { kind: 'answered' });
  await ledger.storeOutcome(one.id, { kind: 'refused' });
  expect(await ledger.clickOutcome(one.id)).toEqual({ kind: 'answered' });
  expect(await ledger.clickOutcome(other.id)).toBeUndefined();
});

test('what a person wrote is erased from the click when its step is recorded, and only from that click', async () => {
  const request = newRequest();
  const opened = await written({
    id: clickIdOfRequest(request),
    request,
    kind: 'request',
    body: { entitlement: 'orders-db', length: '1h', reason: 'incident 4312', channel: 'C1' },
  });
  const [answer, other] = [await written({ request }), await written({ request })];
  await ledger.open(opening(request));
  expect((await ledger.readClick(opened.id))?.body).toEqual({
    entitlement: 'orders-db',
    length: '1h',
    channel: 'C1',
  });
  await ledger.record(approve(request, bo, `click/${answer.id}`));
  expect((await ledger.readClick(answer.id))?.body).toEqual({ digest: 'd1', channel: 'C1' });
  expect((await ledger.readClick(other.id))?.body).toEqual(other.body);
});

test('what a person wrote is erased from the click also when they are refused', async () => {
  const request = newRequest();
  await ledger.open(opening(request));
  const texts = { reason: 'x', note: 'x', title: 'x' };
  const [mine, refused] = [
    await written({ request, body: { digest: 'd1', channel: 'C1', ...texts } } as Partial<Click>),
    await written({ request }),
  ];
  const recorded = await ledger.record(approve(request, ana, `click/${mine.id}`));
  expect(recorded.outcome.ok).toBe(false);
  await ledger.recordRefusal(
    { request, name: `click/${refused.id}`, via: 'slack' },
    { by: null, tried: 'deny', refusal: { code: 'unknown-person' } },
  );
  for (const { id } of [mine, refused])
    expect((await ledger.readClick(id))?.body).toEqual({ digest: 'd1', channel: 'C1' });
});

test('the click behind a step is found by the name of the step; a step of the system has none', async () => {
  const request = newRequest();
  const opened = await written({ id: clickIdOfRequest(request), request });
  const answer = await written({ request });
  expect(await ledger.readClickBehind(request, 'open')).toEqual(opened);
  expect(await ledger.readClickBehind(request, `click/${answer.id}`)).toEqual(answer);
  expect(await ledger.readClickBehind(request, 'lapse')).toBeUndefined();
});

describe('a submission', () => {
  const submission = (more: Partial<Click> = {}) =>
    written({
      kind: 'request',
      body: { entitlement: 'orders-db', length: '1h', reason: 'incident 4312' },
      ...more,
    } as Partial<Click>);
  const unjudged = (graceMs = 0) => ledger.unjudgedRequests(graceMs);
  const wakeUps = () => rows('select request_id from wake_up');
  afterEach(() => rows(`delete from wake_up`));
  afterEach(() => rows(`update click set body = body - 'reason'`));

  test('that is accepted has its outcome, and a wake-up of its workflow', async () => {
    const [click, other] = [await submission(), await submission()];
    await ledger.acceptSubmission(click);
    expect(await ledger.clickOutcome(click.id)).toEqual({ kind: 'started' });
    expect(await ledger.clickOutcome(other.id)).toBeUndefined();
    expect(await wakeUps()).toEqual([{ request_id: click.request }]);
  });

  test('without a wake-up of its workflow is not accepted, so it is dispatched again (I16)', async () => {
    const click = await submission();
    await rows('alter table wake_up rename to away');
    await expect(ledger.acceptSubmission(click)).rejects.toThrow('wake_up');
    await rows('alter table away rename to wake_up');
    expect(await ledger.clickOutcome(click.id)).toBeUndefined();
    await ledger.acceptSubmission(click);
    expect(await wakeUps()).toEqual([{ request_id: click.request }]);
  });

  test('that was accepted and never judged is found when the grace is over by the ledger’s clock (I23)', async () => {
    const click = await submission();
    const now = Date.now();
    await atTime(now, () => ledger.acceptSubmission(click));
    await atTime(now + 30_000, async () => expect(await unjudged(30_000)).toEqual([]));
    await atTime(now + 30_001, async () => expect(await unjudged(30_000)).toEqual([click.request]));
  });

  test('that was not accepted is not found', async () => {
    await submission();
    await submission({ person: null });
    expect(await unjudged(-60_000)).toEqual([]);
  });

  test('that was judged is not found, whether it was opened or refused', async () => {
    const [opened, refused, waiting] = [await submission(), await submission(), await submission()];
    for (const click of [opened, refused, waiting]) await ledger.acceptSubmission(click);
    await ledger.open(opening(opened.request));
    await ledger.recordRefusal(
      { request: refused.request, name: 'open', via: 'slack' },
      { by: ana, tried: 'request', refusal: { code: 'too-many-open', most: 25 } as never },
    );
    expect(await unjudged(-60_000)).toEqual([waiting.request]);
  });

  test('is found as one of at most a hundred, and another time as another one', async () => {
    await rows(
      `insert into click (id, kind, request_id, via, account, body, done_at)
       select 'many_' || n, 'request', 'many_' || n, 'cli', 'a', '{"reason":"x"}', ledger_now()
         from generate_series(1, 150) n`,
    );
    const found = new Set<string>();
    for (let time = 0; time < 20; time += 1) {
      const some = await unjudged(-60_000);
      expect(new Set(some).size).toBe(100);
      for (const each of some) found.add(each);
    }
    expect(found.size).toBe(150);
  });
});

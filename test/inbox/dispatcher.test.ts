import { type DecidedKind } from '../../core/click-kinds.ts';
import { afterEach, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type PersonId, type RequestId, requestIdOf } from '../../core/ids.ts';
import { ELIGIBLE } from '../../core/request/commands.ts';
import { startDispatcher } from '../../inbox/dispatcher.ts';
import { type Click } from '../../ledger/index.ts';
import { no, ok } from '../../core/result.ts';
import type { Policy } from '../../policy/index.ts';
import { accountActingAs, chosenPerson } from '../../requests/acting-as.ts';
import { decideClick } from '../../requests/decide-click.ts';
import { ana, bo, cy } from '../core/request/request.fixture.ts';
import { until } from '../until.fixture.ts';
import { openedIn } from '../ledger/ledger.fixture.ts';
import { ledger, rows } from '../ledger/own-ledger.fixture.ts';

const click = (kind: Click['kind'], by: PersonId, on?: RequestId): Click => {
  const id = clickIdOf(uuidv7());
  const request = on ?? requestIdOf(id);
  const body = { digest: 'd1', note: 'no' };
  return { id, request, via: 'cli', account: accountActingAs('tester', by), person: by, kind, body } as Click;
};

const openRequest = () => openedIn(ledger, { targets: [] });
const everyoneIsEligible = {
  eligibility: () => Promise.resolve(ELIGIBLE),
  ownerOf: (system: string, account: string) => Promise.resolve(ok(chosenPerson(system, account))),
};
const record = (each: Click<DecidedKind>) =>
  decideClick({ ledger, policy: everyoneIsEligible as unknown as Policy }, each);
const dependencies = {
  decide: record,
  onError: (error: unknown) => console.error(error),
};

type Dispatcher = ReturnType<typeof startDispatcher>;
const started: Dispatcher[] = [];
function start(changes: Partial<Parameters<typeof startDispatcher>[0]> = {}): Dispatcher {
  const dispatcher = startDispatcher({ ledger, ...dependencies, ...changes });
  started.push(dispatcher);
  return dispatcher;
}
afterEach(async () => {
  for (const dispatcher of started.splice(0)) await dispatcher.stop();
});

test('a denial counts from the moment it is written, without Temporal, and no later approval replaces it (F06, B22)', async () => {
  const request = await openRequest();
  start();
  const denial = click('deny', cy, request);
  await ledger.writeClick(denial);
  expect(await until('the denial is answered', () => ledger.clickOutcome(denial.id))).toEqual({
    kind: 'answered',
  });
  const approval = click('approve', bo, request);
  await ledger.writeClick(approval);
  expect(await until('the approval is answered', () => ledger.clickOutcome(approval.id))).toMatchObject({
    kind: 'refused',
    refusal: { code: 'wrong-state', ending: { kind: 'denied', by: cy } },
  });
  expect((await ledger.readTrail(request)).map(({ event }) => event.kind)).toEqual([
    'requested',
    'judged',
    'closed',
    'refused',
  ]);
});

/** A promise that the test settles. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

test('an approval is not delayed by a hundred ends that wait for the ledger (F32)', async () => {
  const { open, opened } = gate();
  let waiting = 0;
  start({
    async decide(each) {
      if (each.kind === 'end') {
        waiting += 1;
        await opened;
      }
      return record(each);
    },
  });
  const ends = Array.from({ length: 100 }, () => click('end', ana));
  for (const each of ends) await ledger.writeClick(each);
  await until('as many ends wait as can wait at once', () => waiting >= 32 || undefined);
  const approval = click('approve', bo, await openRequest());
  await ledger.writeClick(approval);
  expect(await until('the approval is answered', () => ledger.clickOutcome(approval.id))).toEqual({
    kind: 'answered',
  });
  open();
  for (const each of ends) await until('the end is answered', () => ledger.clickOutcome(each.id));
});

test('each queue asks for the clicks of its own kinds, which are tried again after two seconds', async () => {
  const asked: unknown[] = [];
  const takeClicks: typeof ledger.takeClicks = (...args) => Promise.resolve((asked.push(args), []));
  const watch: typeof ledger.watch = (channel, look) => {
    asked.push(channel);
    void look();
    return { stop: () => Promise.resolve() };
  };
  start({ ledger: { ...ledger, takeClicks, watch } });
  expect(asked).toEqual([
    ...['curfew_click', [['withdraw', 'end', 'end-all', 'object'], 32, 2_000]],
    ...['curfew_click', [['deny'], 32, 2_000]],
    ...[
      'curfew_click',
      [
        [
          'request',
          'approve',
          'ask',
          'answer',
          'extend',
          'deliver',
          'lift',
          'adopt-finding',
          'revoke-finding',
          'open-review',
          'certify',
        ],
        32,
        2_000,
      ],
    ],
  ]);
});

test('a queue never asks for more clicks than may still wait at the same time', async () => {
  const asked: number[] = [];
  let look: () => Promise<unknown> = () => Promise.resolve();
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  start({
    decide: () => released.then(() => ({ outcome: no({ code: 'changed' }) })),
    ledger: {
      ...ledger,
      storeOutcome: () => Promise.resolve(),
      takeClicks(_kinds, most) {
        asked.push(most);
        return Promise.resolve(Array.from({ length: Math.min(most, 10) }, () => click('approve', bo)));
      },
      watch(_channel, looks) {
        look = looks; // that of the last queue
        return { stop: () => Promise.resolve() };
      },
    },
  });
  for (let time = 0; time < 4; time += 1) await look();
  expect(asked).toEqual([32, 22, 12, 2]);
  const waits = look();
  expect(asked).toHaveLength(4); // until one of them has its outcome
  release();
  await waits;
  expect(asked).toHaveLength(5);
});

test('a full queue goes on as soon as one of its clicks is done, while all others still wait', async () => {
  let look: () => Promise<unknown> = () => Promise.resolve();
  const releases: (() => void)[] = [];
  const taken: Click[] = [];
  start({
    decide: () => new Promise((done) => releases.push(() => done({ outcome: no({ code: 'changed' }) }))),
    ledger: {
      ...ledger,
      storeOutcome: () => Promise.resolve(),
      takeClicks(_kinds, most) {
        const found = Array.from({ length: most }, () => click('approve', bo));
        taken.push(...found);
        return Promise.resolve(found);
      },
      watch(_channel, looks) {
        look = looks; // that of the last queue
        return { stop: () => Promise.resolve() };
      },
    },
  });
  await look();
  const waits = look();
  expect(taken).toHaveLength(32);
  releases.splice(7, 1).forEach((release) => release());
  await waits;
  expect(taken).toHaveLength(33);
  releases.forEach((release) => release());
});

test('an inbox that cannot be read is reported, and is read again', async () => {
  const errors: unknown[] = [];
  let isUnavailable = true;
  const away = new Error('the ledger is unavailable');
  start({
    ledger: {
      ...ledger,
      takeClicks: (...args) => (isUnavailable ? Promise.reject(away) : ledger.takeClicks(...args)),
    },
    onError: (error) => errors.push(error),
  });
  await until('each queue is reported', () => errors.length >= 3);
  isUnavailable = false;
  const denial = click('deny', cy, await openRequest());
  await ledger.writeClick(denial);
  expect(await until('the denial is answered', () => ledger.clickOutcome(denial.id))).toEqual({
    kind: 'answered',
  });
  expect(new Set(errors)).toEqual(new Set([away]));
});

test('a click whose outcome cannot be stored is reported, and is dispatched again (B71)', async () => {
  const reported: unknown[] = [];
  const away = new Error('the ledger is unavailable');
  let isUnavailable = true;
  start({
    ledger: {
      ...ledger,
      async storeOutcome(...outcome) {
        if (isUnavailable) throw away;
        await ledger.storeOutcome(...outcome);
      },
    },
    onRetry(each, error) {
      reported.push([each.id, error]);
      isUnavailable = false;
    },
  });
  const denial = click('deny', cy, await openRequest());
  await ledger.writeClick(denial);
  expect(await until('the denial is answered', () => ledger.clickOutcome(denial.id))).toEqual({
    kind: 'answered',
  });
  expect(reported).toEqual([[denial.id, away]]);
});

test('a click that is still being dispatched is not dispatched again, although it is due again (F18)', async () => {
  const dispatched: string[] = [];
  const { open, opened } = gate();
  start({
    async decide(each) {
      dispatched.push(each.id);
      if (each.id === slow.id) await opened;
      return record(each);
    },
  });
  const slow = click('deny', cy);
  await ledger.writeClick(slow);
  await until('it is dispatched', () => dispatched.length === 1);
  await rows('update click set next_try_at = ledger_now() where id = $1', [slow.id]);
  const other = click('deny', cy);
  await ledger.writeClick(other);
  await until('the other click is answered', () => ledger.clickOutcome(other.id));
  const taken = await rows('select from click where id = $1 and next_try_at > ledger_now()', [slow.id]);
  expect([taken.length, dispatched]).toEqual([1, [slow.id, other.id]]);
  open();
  await until('it is answered', () => ledger.clickOutcome(slow.id));
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, requestIdOf } from '../../core/ids.ts';
import type { Click } from '../../ledger/index.ts';
import { memberFacts } from '../core/account.fixture.ts';
import { ana } from '../core/request/request.fixture.ts';
import { until } from '../until.fixture.ts';
import { newRequest, opening, rowsOf } from './ledger.fixture.ts';
import { endSessions } from './outage.fixture.ts';
import { database, ledger, rows } from './own-ledger.fixture.ts';

beforeEach(() => rows('delete from attempt_count'));

/** A promise that the test settles. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

/** Counts how often it was called. `found` returns a function that always finds so much. */
function counter() {
  let calls = 0;
  return {
    count: () => calls,
    found: (work: number) => () => {
      calls += 1;
      return new Promise<number>((resolve) => setImmediate(resolve, work));
    },
  };
}

const listening = () =>
  rowsOf<{ query: string }>(
    database.url,
    `select query from pg_stat_activity
      where application_name = 'curfew-listen' and datname = current_database()`,
  );
const isListening = () =>
  until('the watch listens', async () => (await listening()).some(({ query }) => query.startsWith('listen')));
const writeClick = () => {
  const id = clickIdOf(uuidv7());
  const click = { id, request: requestIdOf(id), via: 'cli', account: 'a', person: ana } as const;
  return ledger.writeClick({ ...click, kind: 'end', body: {} });
};

/** A click whose account must be checked. */
const writeUnchecked = async () => {
  const id = clickIdOf(uuidv7());
  const from = { via: 'slack', account: 'U1', person: ana } as const;
  return ledger.writeClick({ id, request: requestIdOf(id), ...from, kind: 'deny', body: {} });
};
const storeCheck = async () => ledger.storeAccountCheck((await writeUnchecked()).id, memberFacts());

const addWakeUp = () => ledger.acceptSubmission({ id: clickIdOf(uuidv7()), request: newRequest() } as Click);

describe('a watch', () => {
  test.each([
    ['curfew_click', 'a click', writeClick],
    ['curfew_unchecked_click', 'a click that must be checked', writeUnchecked],
    ['curfew_click', 'a check', storeCheck],
    ['curfew_outbox', 'a notification', () => ledger.open(opening(newRequest()))],
    ['curfew_wake_up', 'a wake-up', addWakeUp],
  ] as const)('of %s looks at once, and again after each write of %s', async (channel, _what, write) => {
    const errors: unknown[] = [];
    const look = counter();
    const watching = ledger.watch(channel, look.found(0), (error) => errors.push(error));
    await until('it looked', () => look.count() > 0);
    await isListening();
    // A watch that is not woken looks every two seconds, and would need longer than the bound.
    const before = look.count();
    const looked = async () => (await write(), look.count() >= before + 20);
    await until('it looked after twenty writes', looked, 20_000);
    await watching.stop();
    expect(errors).toEqual([]);
  });

  test('looks again at once while it finds something', async () => {
    const look = counter();
    const watching = ledger.watch('curfew_click', look.found(1), () => undefined);
    await until('it looked often', () => look.count() >= 100, 20_000);
    await watching.stop();
  });

  test('never looks twice at the same time, however many writes come while it looks', async () => {
    const first = gate();
    let [looks, running, most] = [0, 0, 0];
    const watching = ledger.watch(
      'curfew_click',
      async () => {
        looks += 1;
        most = Math.max(most, (running += 1));
        if (looks === 1) await first.opened;
        running -= 1;
        return 0;
      },
      () => undefined,
    );
    await isListening();
    await writeClick();
    await writeClick();
    first.open();
    await until('it looked again', () => looks >= 2);
    await watching.stop();
    expect(most).toBe(1);
  });

  test('remembers a write that comes while it looks', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    let heard = 0;
    client.on('notification', () => (heard += 1));
    await client.query('listen curfew_click');
    let looks = 0;
    const watching = ledger.watch(
      'curfew_click',
      async () => {
        const before = heard;
        await writeClick();
        await until('the wake-up came', () => heard > before);
        await ledger.now(); // it came to the watch too
        looks += 1;
        return 0;
      },
      () => undefined,
    );
    await isListening();
    // A watch that forgets it looks every two seconds, and would need longer than the bound.
    await until('it looked twenty times', () => looks >= 20, 20_000);
    await watching.stop();
    await client.end();
  });

  test('reports an error and goes on', async () => {
    const errors: unknown[] = [];
    let looks = 0;
    const watching = ledger.watch(
      'curfew_click',
      () =>
        (looks += 1) === 1 ? Promise.reject(new Error('the ledger is unavailable')) : Promise.resolve(0),
      (error) => errors.push(error),
    );
    await until('it looked again', () => looks >= 2);
    await watching.stop();
    expect(errors).toEqual([new Error('the ledger is unavailable')]);
  });

  test('stops only after the look that runs has ended, and does not look again', async () => {
    const busy = gate();
    let [looks, ended, stopped] = [0, false, false];
    const watching = ledger.watch(
      'curfew_click',
      async () => {
        looks += 1;
        await busy.opened;
        ended = true;
        return 1;
      },
      () => undefined,
    );
    await until('it looks', () => looks === 1);
    await isListening();
    const stopping = watching.stop().then(() => (stopped = true));
    await until('it no longer listens', async () => (await listening()).length === 0);
    await ledger.now(); // a round trip, in which a stop that does not wait would end
    expect(stopped).toBe(false);
    busy.open();
    await stopping;
    expect([looks, ended]).toEqual([1, true]);
  });

  test('listens again after its connection was lost, and looks because of that (F04)', async () => {
    const look = counter();
    const watching = ledger.watch('curfew_click', look.found(0), () => undefined);
    await until('it looked', () => look.count() > 0);
    await isListening();
    await endSessions(database.url);
    await isListening();
    const before = look.count();
    const looked = async () => (await writeClick(), look.count() >= before + 20);
    await until('it looked after twenty writes', looked, 20_000);
    await watching.stop();
  });
});

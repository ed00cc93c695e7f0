import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { isAnswer } from '../../activities/answer.ts';
import { clickIdOf, requestOf } from '../../core/ids.ts';
import { startDispatcher } from '../../engine/dispatcher.ts';
import { type Click, type Ledger, openLedger } from '../../ledger/index.ts';
import { ana, bo } from '../core/build.ts';
import { freshDatabase } from '../ledger/database.ts';
import { until } from '../until.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let ledger: Ledger;
beforeAll(async () => {
  database = await freshDatabase();
  ledger = openLedger(database.url);
});
afterAll(async () => {
  await ledger?.close();
  await database?.drop();
});

const click = (kind: 'end' | 'approve'): Click => {
  const id = clickIdOf(uuidv7());
  const person = kind === 'end' ? ana : bo;
  return { id, request: requestOf(id), via: 'cli', account: person, person, kind, body: { digest: 'd1' } };
};

test('ends that wait for a provider keep nobody else waiting, however many they are (F11)', async () => {
  const waiting = new Set<string>();
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const dispatcher = startDispatcher({
    ledger,
    engine: {
      start: () => Promise.resolve(),
      async answer(_request, { click: id, kind }) {
        if (kind === 'end') {
          waiting.add(id);
          await released;
        }
        return { kind: 'heard', heard: { state: 'closed' } };
      },
    },
    isAnswer,
    recordAnswer: () => Promise.reject(new Error('every workflow is there')),
    vet: () => Promise.resolve(undefined),
    onTrouble: (error) => console.error(error),
  });
  const ends = Array.from({ length: 100 }, () => click('end'));
  for (const each of ends) await ledger.writeClick(each);
  await until('all ends wait', () => waiting.size === ends.length || undefined);

  const approval = click('approve');
  await ledger.writeClick(approval);
  await until('the approval is heard', () => ledger.clickOutcome(approval.id));
  const [end] = ends;
  expect(end && (await ledger.clickOutcome(end.id))).toBeUndefined();
  release();
  for (const each of ends) await until('the end is heard', () => ledger.clickOutcome(each.id));
  await dispatcher.stop();
});

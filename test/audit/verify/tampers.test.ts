import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Event } from '../../../core/request/events.ts';
import { historiesOf } from './rows.fixture.ts';
import { TAMPERS } from './tampers.fixture.ts';
import { type Tampering, type Trial, trialOf } from './trial.fixture.ts';

// What somebody can do who owns the database, the export and the places, but no key. `npm run test:tampers` tries it on
// many more logs.

const SEED = Number(process.env['TEST_LAW_SEED'] ?? Math.trunc(Math.random() * 2 ** 30));
const LOGS = 30;
/** Each kind of tamper is tried on so many of them, if they have what it changes. */
const TRIES = 7;

let histories: readonly (readonly Event[])[];
const trials: Trial[] = [];
beforeAll(() => {
  histories = historiesOf(SEED, 100);
  for (let at = 0; at < LOGS; at += 1) trials.push(trialOf(SEED + at, histories));
});
afterAll(() => trials.forEach(({ remove }) => remove()));

test(`${LOGS} clean logs are verified without a problem, with places and without (seed ${SEED})`, () => {
  for (const { log, verify } of trials)
    for (const report of [verify(), verify(true)])
      expect(report).toMatchObject({
        ok: true,
        problems: [],
        size: log.rows.length,
        provenSize: log.notes.at(-1)!.size,
      });
});

test.each(Object.entries(TAMPERS))(`it is found and named when %s (seed ${SEED})`, (_what, tamper) => {
  const results: (Tampering & Readonly<{ seed: number }>)[] = [];
  for (const [at, trial] of trials.entries()) {
    const result = results.length < TRIES ? trial.tamper(tamper) : undefined;
    if (result) results.push({ seed: SEED + at, ...result });
  }
  expect(results.length).toBeGreaterThanOrEqual(1);
  expect(results.filter(({ isNamed }) => !isNamed)).toEqual([]);
});

test('after all this, the logs are verified again', () => {
  for (const { verify } of trials) expect(verify().problems).toEqual([]);
});

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import { handleOf, type Rig, startRig } from './workflow.fixture.ts';
import { outcome, written } from './steps.fixture.ts';

let rig: Rig;
let worker: { stop(): Promise<void> } | undefined;
beforeAll(async () => {
  rig = await startRig({ worker: false });
});
afterEach(async () => {
  await stop();
  await rig.shiftClock(0);
});
afterAll(() => rig?.stop());

const start = async () => void (worker = await rig.startWorker());
const stop = async () => {
  await worker?.stop();
  worker = undefined;
};
const started = (request: Parameters<typeof handleOf>[1]) =>
  until('it is started', () => handleOf(rig, request).describe());

test('no worker before any step, one for each step: every step happens, and once (F01, F02)', async () => {
  const request = await rig.ask();
  await started(request);
  expect(await rig.state(request)).toEqual({ kind: 'blank' });
  await start();
  await rig.reaches(request, 'pending');
  await stop();

  const approval = await rig.say(request, 'approve', 'bo');
  await start();
  await rig.reaches(request, 'active');
  expect(await rig.settled(approval)).toEqual({ kind: 'answered' });
  await stop();

  const end = await rig.say(request, 'end', 'ana');
  expect(rig.has()).toBe('write');
  await start();
  expect(await rig.settled(end)).toEqual({ kind: 'answered' });
  expect(rig.has()).toBe('none');
  expect(await outcome(rig, request)).toEqual({ ending: 'ended' });
  expect(await rig.kinds(request)).toBe(
    'requested judged approved grant-started intended granted activated revoke-started revoked closed',
  );
  expect(written(rig, request)).toEqual(['write', 'none']);
  await saveHistory(rig, request, 'worker-restarts');
});

test('an end that passed while no worker ran is the first thing the next one does (I3)', async () => {
  await start();
  await rig.shiftClock(-58_000);
  const request = await rig.ask({ length: '1m' });
  await rig.reaches(request, 'pending');
  await rig.say(request, 'approve', 'bo');
  await rig.reaches(request, 'active');
  await stop();
  await rig.shiftClock(60_000);
  expect(rig.has()).toBe('write');
  await start();
  await rig.reaches(request, 'closed');
  expect(rig.has()).toBe('none');
  expect(await outcome(rig, request)).toEqual({ ending: 'expired' });
});

test('a request that nobody could grant in its time gives nothing (B61)', async () => {
  await start();
  const request = await rig.ask({ length: '1m' });
  await rig.reaches(request, 'pending');
  const held = rig.gate.hold('observe', 'after');
  await rig.say(request, 'approve', 'bo');
  await held.reached;
  await rig.shiftClock(61_000); // the ledger's end has passed before the intent could be written
  held.release();
  await rig.reaches(request, 'closed');
  expect(written(rig, request)).toEqual([]);
});

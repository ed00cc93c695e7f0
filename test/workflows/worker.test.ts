import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import { handleOf, type WorkflowFixture, startWorkflowFixture } from './workflow.fixture.ts';
import { outcome, levelsWritten } from './steps.fixture.ts';

let fixture: WorkflowFixture;
let worker: { stop(): Promise<void> } | undefined;
beforeAll(async () => {
  fixture = await startWorkflowFixture({ worker: false });
});
afterEach(async () => {
  await stop();
  await fixture.shiftClock(0);
});
afterAll(() => fixture?.stop());

const start = async () => void (worker = await fixture.startWorker());
const stop = async () => {
  await worker?.stop();
  worker = undefined;
};
const started = (request: Parameters<typeof handleOf>[1]) =>
  until('it is started', () => handleOf(fixture, request).describe());

test('a worker that is restarted before every step: every step happens once (F01, F02)', async () => {
  const request = await fixture.submit();
  await started(request);
  expect(await fixture.state(request)).toEqual({ kind: 'blank' });
  await start();
  await fixture.waitForState(request, 'pending');
  await stop();

  const approval = await fixture.answer(request, 'approve', 'bo');
  await start();
  await fixture.waitForState(request, 'active');
  expect(await fixture.outcomeOf(approval)).toEqual({ kind: 'answered' });
  await stop();

  const end = await fixture.answer(request, 'end', 'ana');
  expect(fixture.levelOf()).toBe('write');
  await start();
  expect(await fixture.outcomeOf(end)).toEqual({ kind: 'answered' });
  expect(fixture.levelOf()).toBe('none');
  expect(await outcome(fixture, request)).toEqual({ ending: 'ended' });
  expect(await fixture.kinds(request)).toBe(
    'requested judged approved grant-started intended granted activated revoke-started revoked closed',
  );
  expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
  await saveHistory(fixture, request, 'worker-restarts');
});

test('an end that passed while no worker ran is carried out first by the next worker (I3)', async () => {
  await start();
  await fixture.shiftClock(-58_000);
  const request = await fixture.submit({ length: '1m' });
  await fixture.waitForState(request, 'pending');
  await fixture.answer(request, 'approve', 'bo');
  await fixture.waitForState(request, 'active');
  await stop();
  await fixture.shiftClock(60_000);
  expect(fixture.levelOf()).toBe('write');
  await start();
  await fixture.waitForState(request, 'closed');
  expect(fixture.levelOf()).toBe('none');
  expect(await outcome(fixture, request)).toEqual({ ending: 'expired' });
});

test('a request that could not be granted before its end grants nothing (B61)', async () => {
  await start();
  const request = await fixture.submit({ length: '1m' });
  await fixture.waitForState(request, 'pending');
  const held = fixture.gate.pauseNext('observe', 'after');
  await fixture.answer(request, 'approve', 'bo');
  await held.reached;
  await fixture.shiftClock(61_000); // the ledger's end has passed before the intent could be written
  held.release();
  await fixture.waitForState(request, 'closed');
  expect(levelsWritten(fixture, request)).toEqual([]);
});

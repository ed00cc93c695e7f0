import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { levelsWritten } from '../requests/requests.fixture.ts';
import { answered } from '../requests/steps.fixture.ts';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import { handleOf, type WorkflowFixture, startWorkflowFixture } from './workflow.fixture.ts';
import { pending, workflowResult } from './steps.fixture.ts';

let fixture: WorkflowFixture;
let worker: { stop(): Promise<void> } | undefined;
beforeAll(async () => {
  fixture = await startWorkflowFixture({ worker: false });
});
afterEach(async () => {
  await stopWorker();
  await fixture.shiftClock(0);
});
afterAll(() => fixture?.stop());

const startWorker = async () => void (worker = await fixture.startWorker());
const stopWorker = async () => {
  await worker?.stop();
  worker = undefined;
};
const started = (request: Parameters<typeof handleOf>[1]) =>
  until('the workflow is started', () => handleOf(fixture, request).describe());

test('each step happens once although the worker restarts before each step (F01, F02)', async () => {
  const request = await fixture.submit();
  await started(request);
  expect(await fixture.state(request)).toEqual({ kind: 'blank' });
  await startWorker();
  await fixture.waitForState(request, 'pending');
  await stopWorker();

  const approval = await fixture.answer(request, 'approve', 'bo');
  await startWorker();
  await fixture.waitForState(request, 'active');
  expect(await fixture.outcomeOf(approval)).toEqual({ kind: 'answered' });
  await stopWorker();

  const end = await fixture.answer(request, 'end', 'ana');
  expect(fixture.levelOf()).toBe('write');
  await startWorker();
  expect(await fixture.outcomeOf(end)).toEqual({ kind: 'answered' });
  expect(await workflowResult(fixture, request)).toEqual({ ending: 'ended' });
  expect(fixture.levelOf()).toBe('none');
  expect(await fixture.kinds(request)).toBe(
    'requested judged approved grant-started intended granted activated revoke-started revoked closed',
  );
  expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
  await saveHistory(fixture, request, 'worker-restarts');
});

test('access whose end passed while no worker ran is revoked by the next worker (I3)', async () => {
  await startWorker();
  // By the clock of the workflow, the access ends after ten seconds: enough to grant it on a busy machine.
  await fixture.shiftClock(-50_000);
  const request = await fixture.submit({ length: '1m' });
  await fixture.waitForState(request, 'pending');
  await fixture.answer(request, 'approve', 'bo');
  await fixture.waitForState(request, 'active');
  await stopWorker();
  await fixture.shiftClock(60_000);
  expect(fixture.levelOf()).toBe('write');
  await startWorker();
  await fixture.waitForState(request, 'closed');
  expect(fixture.levelOf()).toBe('none');
  expect(await workflowResult(fixture, request)).toEqual({ ending: 'expired' });
});

test('a grant that has not recorded its intent before the end has no effect at the provider (B61)', async () => {
  await startWorker();
  const request = await fixture.submit({ length: '1m' });
  await fixture.waitForState(request, 'pending');
  const pausedCall = fixture.providerControl.pauseNext('observe', 'after');
  await fixture.answer(request, 'approve', 'bo');
  await pausedCall.reached;
  await fixture.shiftClock(61_000); // The end passes before the intent is recorded.
  pausedCall.release();
  await fixture.waitForState(request, 'closed');
  expect(levelsWritten(fixture, request)).toEqual([]);
});

test('a workflow learns of a denial that only the ledger knows, and ends as denied', async () => {
  await startWorker();
  const request = await pending(fixture);
  await answered(fixture, request, { kind: 'deny', by: 'bo' });
  expect(await workflowResult(fixture, request)).toEqual({ ending: 'denied' });
  expect(await fixture.kinds(request)).toBe('requested judged closed');
});

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import type { RequestState } from '../../core/request/state.ts';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import { active, endRequest } from './steps.fixture.ts';
import { handleOf, startWorkflowFixture, type WorkflowFixture } from './workflow.fixture.ts';

let fixture: WorkflowFixture;
beforeAll(async () => {
  fixture = await startWorkflowFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

type Active = Extract<RequestState, { kind: 'active' }>;
const activeState = async (request: RequestId): Promise<Active> =>
  (await fixture.waitForState(request, 'active')) as Active;

/** Asks for a later end, in Slack. */
async function asksFor(request: RequestId, length: string): Promise<void> {
  await fixture.outcomeOf(
    await fixture.click({ kind: 'extend', request, body: { length, reason: 'the restore takes longer' } }),
  );
}

const closedExtension = (request: RequestId) =>
  until('the extension is over', async () =>
    (await fixture.ledger.readTrail(request)).find(({ event }) => event.kind === 'extension-closed'),
  );

test('an extension that is approved in time keeps the access after its old end', async () => {
  await fixture.shiftClock(-56_000);
  const request = await active(fixture, { length: '1m' }); // Its end is 4 s away.
  const { endsAt: old } = await activeState(request);
  await asksFor(request, '1m');
  await fixture.answer(request, 'approve', 'cy');
  const extended = await until('the access is extended', async () => {
    const state = await activeState(request);
    return state.endsAt > old ? state : undefined;
  });
  await fixture.shiftClock(0);
  expect(extended.endsAt).toBe(old + 60_000);
  expect(fixture.vendor.state().marks).toMatchObject([{ endsAt: old + 60_000 }]);
  // The timer of the old end fires, and ends nothing.
  await until('the old end is over', async () => {
    const { events } = await handleOf(fixture, request).fetchHistory();
    return events?.some(({ timerFiredEventAttributes }) => timerFiredEventAttributes);
  });
  expect([(await activeState(request)).endsAt, fixture.levelOf()]).toEqual([old + 60_000, 'write']);
  await endRequest(fixture, request);
  expect(fixture.levelOf()).toBe('none');
  await handleOf(fixture, request).result();
  await saveHistory(fixture, request, 'extended');
}, 60_000);

test('an extension that is denied keeps the old end, and the access ends then', async () => {
  await fixture.shiftClock(-56_000);
  const request = await active(fixture, { length: '1m' });
  await asksFor(request, '1m');
  await fixture.answer(request, 'deny', 'bo', {
    body: { digest: (await activeState(request)).extension?.details.digest, note: 'hand it over' },
  });
  expect((await closedExtension(request)).event).toMatchObject({ ending: { kind: 'denied', by: 'bo' } });
  await fixture.shiftClock(0);
  const closed = await fixture.waitForState(request, 'closed');
  expect(closed).toMatchObject({ ending: { kind: 'expired' } });
  expect(fixture.levelOf()).toBe('none');
  await handleOf(fixture, request).result();
  await saveHistory(fixture, request, 'extension-denied');
}, 60_000);

test('an extension that the provider refuses keeps the old end, and the workflow goes on', async () => {
  const request = await active(fixture, { length: '1h' });
  const { endsAt: old } = await activeState(request);
  const stopFailing = fixture.providerControl.failFrom('moveEnd', 'provider-refused');
  await asksFor(request, '1h');
  await fixture.answer(request, 'approve', 'bo');
  expect((await closedExtension(request)).event).toMatchObject({
    ending: { kind: 'failed', fault: 'provider-refused' },
  });
  stopFailing();
  await asksFor(request, '2h');
  await fixture.answer(request, 'approve', 'bo');
  await until('the second one counts', async () => (await activeState(request)).endsAt > old || undefined);
  await endRequest(fixture, request);
  await handleOf(fixture, request).result();
  await saveHistory(fixture, request, 'extension-failed');
}, 60_000);

test('a workflow that was terminated is started again by an approval, and carries the extension out (F08)', async () => {
  const request = await active(fixture, { length: '1h' });
  const { endsAt: old } = await activeState(request);
  await handleOf(fixture, request).terminate('a test');
  await asksFor(request, '1h');
  await fixture.answer(request, 'approve', 'bo');
  await until('the access is extended', async () => (await activeState(request)).endsAt > old || undefined);
  await endRequest(fixture, request);
  expect(fixture.levelOf()).toBe('none');
}, 60_000);

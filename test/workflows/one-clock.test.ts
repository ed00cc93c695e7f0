import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { endRequest, pending, workflowResult } from './steps.fixture.ts';
import { handleOf, startWorkflowFixture, type WorkflowFixture } from './workflow.fixture.ts';

let fixture: WorkflowFixture;
beforeAll(async () => {
  fixture = await startWorkflowFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

describe('the ledger’s clock decides, and not the one of Temporal (I23)', () => {
  test('an approval counts when the request has lapsed by Temporal’s clock only', async () => {
    await fixture.shiftClock(-3 * 3_600_000 - 60_000); // "pair" waits three hours
    const request = await pending(fixture, { entitlement: 'pair', length: '8h' });
    for (const by of ['bo', 'cy'])
      expect(await fixture.outcomeOf(await fixture.answer(request, 'approve', by))).toEqual({
        kind: 'answered',
      });
    await fixture.waitForState(request, 'active');
    expect([fixture.levelOf('thing'), fixture.levelOf('other')]).toEqual(['read', 'admin']);
    await endRequest(fixture, request);
  });

  test('a denial counts when the request has lapsed by Temporal’s clock only', async () => {
    await fixture.shiftClock(-8 * 3_600_000 - 60_000);
    const request = await pending(fixture);
    const click = await fixture.answer(request, 'deny', 'bo');
    expect(await fixture.outcomeOf(click)).toEqual({ kind: 'answered' });
    expect(await workflowResult(fixture, request)).toEqual({ ending: 'denied' });
  });
});

test('a refused answer does not wake the workflow, so many of them cost no history (F42)', async () => {
  const request = await pending(fixture);
  for (const by of ['ana', 'dee', 'ana', 'dee']) {
    const click = await fixture.answer(request, 'approve', by);
    expect(await fixture.outcomeOf(click)).toMatchObject({ kind: 'refused' });
  }
  const { events } = await handleOf(fixture, request).fetchHistory();
  expect(events?.filter((event) => event.workflowExecutionSignaledEventAttributes)).toEqual([]);
  await fixture.outcomeOf(await fixture.answer(request, 'withdraw', 'ana'));
  expect(await workflowResult(fixture, request)).toEqual({ ending: 'withdrawn' });
});

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { answered, granted } from '../requests/steps.fixture.ts';
import { active, endRequest, pending, workflowResult } from './steps.fixture.ts';
import { handleOf, startWorkflowFixture, type WorkflowFixture } from './workflow.fixture.ts';

let fixture: WorkflowFixture;
beforeAll(async () => {
  fixture = await startWorkflowFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

const stateOfCopy = (request: RequestId) =>
  handleOf(fixture, request).query<{ kind: string }, []>('currentState');

describe('a workflow whose copy of the state is older than the ledger takes an answer that the ledger accepts', () => {
  test.each(['ana', 'bo'])('an end by %s, when it was not told that the access is active', async (by) => {
    const request = await pending(fixture);
    await answered(fixture, request, { kind: 'approve', by: 'bo' }); // in the ledger only
    await granted(fixture, request);
    expect(fixture.levelOf()).toBe('write');
    expect((await stateOfCopy(request)).kind).toBe('pending');
    const click = await fixture.answer(request, 'end', by);
    // By the workflow: else the access would remain until the sweeper comes.
    expect(await fixture.outcomeOf(click)).toEqual({ kind: 'answered' });
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'ended', by } });
    expect(await workflowResult(fixture, request)).toEqual({ ending: 'ended' });
  });

  test('an approval, when the request has lapsed by Temporal’s clock and not by the ledger’s (I23)', async () => {
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

  test('a denial, when the request has lapsed by Temporal’s clock and not by the ledger’s (I23)', async () => {
    await fixture.shiftClock(-8 * 3_600_000 - 60_000);
    const request = await pending(fixture);
    const click = await fixture.answer(request, 'deny', 'bo');
    expect(await fixture.outcomeOf(click)).toEqual({ kind: 'answered' });
    expect(await workflowResult(fixture, request)).toEqual({ ending: 'denied' });
  });
});

test('an approver ends the access, and the workflow revokes it before the click is answered', async () => {
  const request = await active(fixture);
  const click = await fixture.answer(request, 'end', 'cy');
  expect(await fixture.outcomeOf(click)).toEqual({ kind: 'answered' });
  expect(fixture.levelOf()).toBe('none');
  expect(await fixture.state(request)).toMatchObject({ ending: { kind: 'ended', by: 'cy' } });
});

test('an approval that is refused for certain leaves no trace in the history of the workflow (F42)', async () => {
  const request = await pending(fixture);
  for (const by of ['ana', 'dee']) {
    const click = await fixture.answer(request, 'approve', by);
    expect(await fixture.outcomeOf(click)).toMatchObject({ kind: 'refused' });
  }
  const { events } = await handleOf(fixture, request).fetchHistory();
  const updates = events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
  expect(updates).toEqual([]);
  expect(await fixture.kinds(request)).toBe('requested judged refused refused');
  await fixture.outcomeOf(await fixture.answer(request, 'withdraw', 'ana'));
});

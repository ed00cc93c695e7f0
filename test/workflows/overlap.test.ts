import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { sweep } from '../../upkeep/sweep.ts';
import { levelsWritten } from '../requests/requests.fixture.ts';
import { saveHistory } from './histories.ts';
import { type WorkflowFixture, startWorkflowFixture } from './workflow.fixture.ts';
import { active, endRequest, workflowResult, expiringSoon } from './steps.fixture.ts';

let fixture: WorkflowFixture;
beforeAll(async () => {
  fixture = await startWorkflowFixture();
});
afterEach(async () => {
  await fixture.shiftClock(0);
  fixture.vendor.setLevel('ana', 'thing', 'none');
});
afterAll(() => fixture?.stop());

test('standing access at a lower level is restored at the end (I5, B16)', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'read');
  const request = await active(fixture);
  expect(fixture.levelOf()).toBe('write');
  await endRequest(fixture, request);
  expect(fixture.levelOf()).toBe('read');
});

test('standing access above the requested level is never lowered (I5, B16)', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'admin');
  const request = await active(fixture);
  await endRequest(fixture, request);
  expect(fixture.levelOf()).toBe('admin');
  expect(levelsWritten(fixture, request)).toEqual([]);
});

test('access that somebody granted manually between two requests remains after the second request (B08)', async () => {
  const first = await active(fixture);
  await endRequest(fixture, first);
  fixture.vendor.setLevel('ana', 'thing', 'write');
  const second = await active(fixture);
  await endRequest(fixture, second);
  expect(fixture.levelOf()).toBe('write');
});

test('an account has the highest level of its live requests, and its prior level after the last end (I5, I6)', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'read');
  const lower = await active(fixture);
  const higher = await active(fixture, { entitlement: 'top' });
  expect(fixture.levelOf()).toBe('admin');
  await endRequest(fixture, higher);
  expect(fixture.levelOf()).toBe('write');
  await endRequest(fixture, lower);
  expect(fixture.levelOf()).toBe('read');
});

test('prior access that somebody revoked manually during a request is not restored at the end (I5)', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'admin');
  const first = await active(fixture);
  fixture.vendor.setLevel('ana', 'thing', 'none');
  const second = await active(fixture);
  expect(fixture.levelOf()).toBe('write');
  await endRequest(fixture, first);
  expect(fixture.levelOf()).toBe('write');
  await endRequest(fixture, second);
  expect(fixture.levelOf()).toBe('none');
});

test('the end of a lower level has no effect at the provider while a higher level is live (I6)', async () => {
  const lower = await active(fixture);
  const higher = await active(fixture, { entitlement: 'top' });
  await endRequest(fixture, lower);
  expect(fixture.levelOf()).toBe('admin');
  expect(levelsWritten(fixture, lower)).toEqual(['write']);
  await endRequest(fixture, higher);
  expect(fixture.levelOf()).toBe('none');
});

test('the access of two equal requests is revoked at the second end, not at the first (B14)', async () => {
  const first = await expiringSoon(fixture);
  const second = await active(fixture);
  await fixture.waitForState(first, 'closed');
  expect(fixture.levelOf()).toBe('write');
  await endRequest(fixture, second);
  expect(fixture.levelOf()).toBe('none');
  expect(await workflowResult(fixture, first)).toEqual({ ending: 'expired' });
  await saveHistory(fixture, first, 'overlapping');
});

test('a later and shorter request does not shorten the first request (B15)', async () => {
  const long = await active(fixture, { length: '8h' });
  const short = await expiringSoon(fixture);
  await fixture.waitForState(short, 'closed');
  expect(fixture.levelOf()).toBe('write');
  expect(await fixture.state(long)).toMatchObject({ kind: 'active' });
  await endRequest(fixture, long);
  expect(fixture.levelOf()).toBe('none');
});

test('a grant that begins during the revocation of another request remains (F16, F26)', async () => {
  const first = await active(fixture);
  const pausedCall = fixture.providerControl.pauseNext('ensureAbsent', 'after');
  const ending = fixture.answer(first, 'end', 'ana');
  await pausedCall.reached;
  const second = active(fixture);
  await fixture.waitForState(first, 'revoking');
  pausedCall.release();
  await ending;
  const live = await second;
  await fixture.waitForState(first, 'closed');
  expect(fixture.levelOf()).toBe('write');
  await endRequest(fixture, live);
  expect(fixture.levelOf()).toBe('none');
});

test('a request that was ended early is not revoked again at its original end (B19)', async () => {
  const first = await active(fixture);
  await endRequest(fixture, first);
  const second = await active(fixture, { length: '4h' });
  await fixture.shiftClock(1.5 * 3_600_000);
  expect((await sweep(fixture.deps)).revoked).toEqual([]);
  expect(fixture.levelOf()).toBe('write');
  await fixture.shiftClock(0);
  await endRequest(fixture, second);
});

test('two requests that end at the same moment cause one change at the provider (F26)', async () => {
  const [first, second] = [await active(fixture), await active(fixture)];
  await Promise.all([endRequest(fixture, first), endRequest(fixture, second)]);
  expect(fixture.levelOf()).toBe('none');
  expect(
    [...levelsWritten(fixture, first), ...levelsWritten(fixture, second)].filter((level) => level === 'none'),
  ).toHaveLength(1);
  // The third request has a new holding, whose prior level is none.
  const third = await active(fixture);
  await endRequest(fixture, third);
  expect(fixture.levelOf()).toBe('none');
});

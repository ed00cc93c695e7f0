import type { Click } from '../../ledger/index.ts';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { advance } from '../../requests/advance.ts';
import { readRequestView } from '../../requests/view.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { openedWithoutWorkflow, questioned } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

const HOUR = 3_600_000;

const said = (request: RequestId, kind: Click<'ask' | 'answer'>['kind'], by: string, note: string) =>
  questioned(fixture, request, kind, by, note);
const lapseRow = async (request: RequestId) =>
  (
    await rowsOf<{ at: Date }>(fixture.url, 'select lapses_at as at from request where id = $1', [request])
  )[0]?.at.getTime();

test('a question and its answer are stored beside the events, and the view has them in order', async () => {
  const request = await openedWithoutWorkflow(fixture);
  await said(request, 'ask', 'bo', ' Which table?\n');
  await said(request, 'answer', 'ana', 'orders');
  await said(request, 'ask', 'cy', 'Until when?');
  const view = await readRequestView(fixture.deps, request);
  expect(view?.questions).toEqual([
    { by: 'bo', question: 'Which table?', answer: 'orders' },
    { by: 'cy', question: 'Until when?' },
  ]);
  expect(JSON.stringify(view?.trail)).not.toContain('Which table?');
  expect(await fixture.kinds(request)).toBe('requested judged asked answered asked');
});

test.each<[string, Click<'ask' | 'answer'>['kind'], string, string, string]>([
  ['a question of the requester', 'ask', 'ana', 'why?', 'own-request'],
  ['a question of somebody who is no approver', 'ask', 'dee', 'why?', 'not-an-approver'],
  ['a question in which nobody sees anything (T48)', 'ask', 'bo', ' \u200b', 'text-missing'],
  ['an answer to no question', 'answer', 'ana', 'because', 'no-question'],
])('%s is refused, and the trail says so (I19)', async (_what, kind, by, note, code) => {
  const request = await openedWithoutWorkflow(fixture);
  expect(await said(request, kind, by, note)).toMatchObject({ outcome: { ok: false, error: { code } } });
  expect(await fixture.kinds(request)).toBe('requested judged refused');
});

test('while a question is open the request does not lapse, and the lists and the workflow know the later time', async () => {
  const request = await openedWithoutWorkflow(fixture, { entitlement: 'pair' }); // It waits for 3 hours.
  const first = (await lapseRow(request)) ?? 0;
  await said(request, 'ask', 'bo', 'why?');
  expect(await lapseRow(request)).toBe(first + 3 * HOUR);
  await fixture.shiftClock(4 * HOUR);
  expect(await advance(fixture.deps, { request, via: 'workflow' })).toMatchObject({ kind: 'pending' });
  await rowsOf(fixture.url, 'delete from wake_up');
  await said(request, 'answer', 'ana', 'because');
  expect(Math.round((((await lapseRow(request)) ?? 0) - first) / HOUR)).toBe(3);
  expect(await rowsOf(fixture.url, 'select request_id from wake_up')).toHaveLength(0); // It was open for longer than it may postpone.
  await fixture.shiftClock(6.1 * HOUR);
  expect(await advance(fixture.deps, { request, via: 'workflow' })).toMatchObject({
    kind: 'closed',
    ending: 'lapsed',
  });
});

test('an answer after an hour wakes the workflow, because the request lapses earlier than with an open question', async () => {
  const request = await openedWithoutWorkflow(fixture, { entitlement: 'pair' });
  const first = (await lapseRow(request)) ?? 0;
  await said(request, 'ask', 'bo', 'why?');
  await fixture.shiftClock(HOUR);
  await rowsOf(fixture.url, 'delete from wake_up');
  await said(request, 'answer', 'ana', 'because');
  expect(Math.round((((await lapseRow(request)) ?? 0) - first) / 60_000)).toBe(60);
  expect(await rowsOf(fixture.url, 'select request_id from wake_up')).toEqual([{ request_id: request }]);
});

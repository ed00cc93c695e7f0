import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { Fault } from '../../core/faults.ts';
import { clickIdOf, type RequestId } from '../../core/ids.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import { eventsOf, handleOf, type WorkflowFixture, startWorkflowFixture } from './workflow.fixture.ts';
import { active, approved, endRequest, pending, expiringSoon, waitForRetry } from './steps.fixture.ts';

let fixture: WorkflowFixture;
beforeAll(async () => {
  fixture = await startWorkflowFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

describe('the events, the workflow history and the free text of a request', () => {
  test('a request that is approved and expires has each event once, in order', async () => {
    const request = await expiringSoon(fixture);
    expect(fixture.levelOf()).toBe('write');
    await fixture.waitForState(request, 'closed');
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.kinds(request)).toBe(
      'requested judged approved grant-started intended granted activated revoke-started revoked closed',
    );
    expect(await handleOf(fixture, request).result()).toEqual({ ending: 'expired' });
    await saveHistory(fixture, request, 'expired');
  });

  test('a request that is approved and expires has a workflow history of at most 30 events with 5 workflow tasks', async () => {
    const request = await expiringSoon(fixture);
    await fixture.waitForState(request, 'closed');
    await handleOf(fixture, request).result();
    const { events = [] } = await handleOf(fixture, request).fetchHistory();
    const names = (events ?? []).map(({ eventType }) => String(eventType));
    expect([historyOfExpiredRequest(), historyOfExpiredRequest({ isLate: true })]).toContainEqual(
      sequence(events ?? []),
    );
    expect(names.length).toBeLessThanOrEqual(30);
  });

  test('the workflow history contains the id of the request and no text of its reason (T22)', async () => {
    const request = await active(fixture, { reason: 'canary-4312' });
    const history = JSON.stringify(await handleOf(fixture, request).fetchHistory());
    const bytes = [...history.matchAll(/"data":"([^"]*)"/g)].map(([, data]) =>
      Buffer.from(data ?? '', 'base64').toString(),
    );
    expect(bytes.join('\n')).toContain(request);
    expect(history + bytes.join('\n')).not.toContain('canary-4312');
    await fixture.answer(request, 'end', 'ana');
    await fixture.waitForState(request, 'closed');
  });

  test('the free text of people is stored in one table only, where it can be erased', async () => {
    const denied = await fixture.submit({ reason: 'canary-reason' });
    await fixture.waitForState(denied, 'pending');
    await fixture.outcomeOf(await fixture.answer(denied, 'deny', 'bo', { body: { note: 'canary-denial' } }));
    await fixture.outcomeOf(
      await fixture.answer(denied, 'deny', 'cy', { body: { note: 'canary-too-late' } }),
    );
    const refused = await fixture.submit({ entitlement: 'nothing-like-it', reason: 'canary-refused' });
    await until(
      'the request is refused',
      async () => (await fixture.kinds(refused)) === 'refused' || undefined,
    );
    expect(await fixture.ledger.readFreeText(denied)).toEqual({
      reason: 'canary-reason',
      denial: 'canary-denial',
    });
    const where = await tablesWith('canary');
    expect(where).toEqual(['free_text']);
  });
});

/** The names of the tables that contain this text, in any column of any row. */
async function tablesWith(text: string): Promise<readonly string[]> {
  const found: string[] = [];
  await asAdmin(async (owner) => {
    const { rows } = await owner.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
    );
    for (const { name } of rows) {
      const hit = await owner.query(`select from "${name}" each where each::text like $1 limit 1`, [
        `%${text}%`,
      ]);
      if (hit.rowCount === 1) found.push(name);
    }
  }, fixture.url);
  return found;
}

describe('other ways in which a request ends', () => {
  test('an end by the requester counts at once, and the access is revoked', async () => {
    const request = await active(fixture);
    const settled = await fixture.outcomeOf(await fixture.answer(request, 'end', 'ana'));
    expect(settled).toEqual({ kind: 'answered' });
    expect(await fixture.waitForState(request, 'closed')).toMatchObject({
      ending: { kind: 'ended', by: 'ana' },
    });
    expect(fixture.levelOf()).toBe('none');
    await handleOf(fixture, request).result();
    await saveHistory(fixture, request, 'ended');
  });

  test('a denial closes the request, and its note is stored as free text', async () => {
    const request = await fixture.submit();
    await fixture.waitForState(request, 'pending');
    await fixture.outcomeOf(
      await fixture.answer(request, 'deny', 'cy', { body: { note: 'use the replica' } }),
    );
    expect(await fixture.state(request)).toMatchObject({
      kind: 'closed',
      ending: { kind: 'denied', by: 'cy' },
    });
    expect(await fixture.ledger.readFreeText(request)).toMatchObject({ denial: 'use the replica' });
    expect(fixture.levelOf()).toBe('none');
    await handleOf(fixture, request).result();
    await saveHistory(fixture, request, 'denied');
  });

  test('a withdrawal closes the request', async () => {
    const request = await fixture.submit();
    await fixture.waitForState(request, 'pending');
    await fixture.outcomeOf(await fixture.answer(request, 'withdraw', 'ana'));
    expect(await fixture.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'withdrawn' } });
    await handleOf(fixture, request).result();
    await saveHistory(fixture, request, 'withdrawn');
  });

  test('a request that nobody answers lapses', async () => {
    await fixture.shiftClock(-(8 * 3_600_000 - 2_000));
    const request = await fixture.submit();
    await fixture.waitForState(request, 'pending');
    await fixture.shiftClock(0);
    await fixture.waitForState(request, 'closed');
    expect(await fixture.state(request)).toMatchObject({ ending: { kind: 'lapsed' } });
    await handleOf(fixture, request).result();
    await saveHistory(fixture, request, 'lapsed');
  });

  test('a grant that the provider refuses is revoked before the request closes (B01)', async () => {
    fixture.vendor.setFault({ kind: 'forbid' }, 'write');
    const request = await approved(fixture);
    await fixture.waitForState(request, 'closed');
    expect(await fixture.state(request)).toMatchObject({
      ending: { kind: 'grant-failed', fault: 'provider-forbidden', why: expect.stringMatching(/^fake: /) },
    });
    expect(await fixture.kinds(request)).toMatch(/intended revoke-started revoked closed$/);
    await handleOf(fixture, request).result();
    await saveHistory(fixture, request, 'grant-failed');
  });

  test('a grant that keeps failing in an unexpected way fails at its limit, and its access is revoked', async () => {
    const stopFailing = fixture.providerControl.failFrom(
      'ensurePresent',
      new TypeError('x is not a function'),
    );
    const request = await approved(fixture);
    await waitForRetry(fixture, request, 'grant');
    await fixture.shiftClock(12 * 60_000); // past the limit of a grant
    await sweep(fixture.deps);
    expect(await fixture.state(request)).toMatchObject({
      ending: { kind: 'grant-failed', fault: 'unknown' },
    });
    stopFailing();
    await fixture.waitForState(request, 'closed');
    expect(await fixture.kinds(request)).toMatch(/intended revoke-started revoked closed$/);
  });

  test('the fault of an outage is recorded without its message, which may contain internal addresses', async () => {
    const stopFailing = fixture.providerControl.failFrom(
      'ensurePresent',
      new Fault('provider-unavailable', 'connect ECONNREFUSED 10.0.0.7:5432'),
    );
    const request = await approved(fixture);
    await waitForRetry(fixture, request, 'grant');
    await fixture.shiftClock(12 * 60_000);
    await sweep(fixture.deps);
    stopFailing();
    const closed = await fixture.waitForState(request, 'closed');
    expect(closed).toMatchObject({ ending: { kind: 'grant-failed', fault: 'provider-unavailable' } });
    expect(JSON.stringify(closed)).not.toContain('10.0.0.7');
  });

  test('a message to a closed request starts no workflow (F17)', async () => {
    const request = await pending(fixture);
    await fixture.answer(request, 'withdraw', 'ana');
    await handleOf(fixture, request).result();
    const { runId } = await handleOf(fixture, request).describe();
    await fixture.workflows.wake(request);
    expect((await handleOf(fixture, request).describe()).runId).toBe(runId);
  });

  test('the two targets of one request are granted and revoked together', async () => {
    const request = await approved(fixture, { entitlement: 'pair' });
    await fixture.waitForState(request, 'active');
    expect([fixture.levelOf('thing'), fixture.levelOf('other')]).toEqual(['read', 'admin']);
    await endRequest(fixture, request);
    expect([fixture.levelOf('thing'), fixture.levelOf('other')]).toEqual(['none', 'none']);
    await handleOf(fixture, request).result();
    await saveHistory(fixture, request, 'bundle');
  });

  test('a target is revoked when the other target of its request cannot be granted (B11)', async () => {
    fixture.vendor.deleteTarget('other');
    const request = await approved(fixture, { entitlement: 'pair' });
    await fixture.waitForState(request, 'closed');
    expect([fixture.levelOf('thing'), fixture.levelOf('other')]).toEqual(['none', 'none']);
    fixture.vendor.makeTarget('other');
    await handleOf(fixture, request).result();
    await saveHistory(fixture, request, 'half-a-bundle');
  });
});

describe('refused answers are recorded (I19, F42)', () => {
  const attempts = async (request: RequestId) =>
    eventsOf(await fixture.ledger.readTrail(request), 'refused').map(({ by, tried, refusal }) => [
      by,
      tried,
      refusal.code,
    ]);

  test('a refused answer is recorded with its person, its kind and its refusal code', async () => {
    const request = await fixture.submit();
    await fixture.waitForState(request, 'pending');
    await fixture.outcomeOf(await fixture.answer(request, 'approve', 'ana'));
    await fixture.outcomeOf(await fixture.answer(request, 'approve', 'dee'));
    await fixture.outcomeOf(
      await fixture.answer(request, 'approve', 'bo', { body: { digest: 'something else' } }),
    );
    await fixture.outcomeOf(await fixture.answer(request, 'approve', 'bo'));
    await fixture.outcomeOf(await fixture.answer(request, 'approve', 'cy'));
    await fixture.outcomeOf(await fixture.answer(request, 'deny', 'bo'));
    expect(await attempts(request)).toEqual([
      ['ana', 'approve', 'own-request'],
      ['dee', 'approve', 'not-an-approver'],
      ['bo', 'approve', 'changed'],
      ['cy', 'approve', 'wrong-state'],
      ['bo', 'deny', 'wrong-state'],
    ]);
    await fixture.answer(request, 'end', 'ana');
    await fixture.waitForState(request, 'closed');
  });

  test.each([
    ['an unknown entitlement', { entitlement: 'thign' }, 'unknown-entitlement'],
    ['a length above the limit', { length: '9h' }, 'too-long'],
    ['an empty reason', { reason: '  ' }, 'reason-missing'],
    ['an unknown person', { person: 'nobody' }, 'unknown-person'],
  ])('a request with %s is refused, and the refusal is recorded', async (_why, more, code) => {
    const request = await fixture.submit(more);
    expect(await handleOf(fixture, await started(request)).result()).toEqual({ ending: 'refused' });
    expect(await attempts(request)).toMatchObject([[expect.anything(), 'request', code]]);
    expect(await fixture.state(request)).toEqual({ kind: 'blank' });
  });

  const started = (request: RequestId) =>
    until('the request has an event', async () =>
      (await fixture.kinds(request)) === '' ? undefined : request,
    );
});

describe('concurrent and forged clicks', () => {
  test('a click that is delivered five times at once has one effect (F17, F18)', async () => {
    const request = await fixture.submit();
    await fixture.waitForState(request, 'pending');
    const id = clickIdOf(uuidv7());
    await Promise.all(Array.from({ length: 5 }, () => fixture.answer(request, 'approve', 'bo', { id })));
    await fixture.waitForState(request, 'active');
    expect(await fixture.kinds(request)).toMatch(/^requested judged approved grant-started/);
    await fixture.answer(request, 'end', 'ana');
    await fixture.waitForState(request, 'closed');
  });

  test.each([
    ['approve', 'deny'],
    ['approve', 'withdraw'],
    ['deny', 'withdraw'],
    ['approve', 'approve'],
  ] as const)(
    'one click of two at the same time takes effect, and the other is refused: %s and %s (B22)',
    async (one, other) => {
      const request = await fixture.submit();
      await fixture.waitForState(request, 'pending');
      const by = (kind: string, first: boolean) => (kind === 'withdraw' ? 'ana' : first ? 'bo' : 'cy');
      const clicks = await Promise.all([
        fixture.answer(request, one, by(one, true)),
        fixture.answer(request, other, by(other, false)),
      ]);
      const settled = await Promise.all(clicks.map((id) => fixture.outcomeOf(id)));
      expect(settled.map((outcome) => (outcome as { kind: string }).kind).sort()).toEqual([
        'answered',
        'refused',
      ]);
      const state = await fixture.state(request);
      if (state.kind === 'closed') return;
      await fixture.waitForState(request, 'active');
      await fixture.answer(request, 'end', 'ana');
      await fixture.waitForState(request, 'closed');
    },
  );

  test('a message to the workflow without an answer in the ledger changes nothing, whatever it carries (T11)', async () => {
    const request = await pending(fixture);
    const handle = handleOf(fixture, request);
    const forged = { click: clickIdOf(uuidv7()), kind: 'approve', by: 'bo', digest: 'd1' };
    for (const message of [forged, { kind: 'confirm-revoked' }, 'approve', null]) {
      await handle.signal('wakeUp', message as never);
      await handle.signal('answer', message as never);
      await handle.executeUpdate('answer', { args: [message] as never }).catch(() => undefined);
    }
    expect(await fixture.state(request)).toMatchObject({ kind: 'pending', approvals: [] });
    await fixture.answer(request, 'withdraw', 'ana');
    expect(await handle.result()).toEqual({ ending: 'withdrawn' });
  });
});

/** The type of each history event, followed by the name of its activity if it has one. */
function sequence(events: readonly unknown[]): readonly string[] {
  return events.map((event) => {
    const each = event as Record<string, { activityType?: { name?: string } } | undefined>;
    const [attributes = ''] = Object.keys(each).filter((key) => key.endsWith('EventAttributes') && each[key]);
    const name = attributes.replace('EventAttributes', '').replace('workflowExecution', '');
    const activity = each[attributes]?.activityType?.name;
    return `${name.charAt(0).toUpperCase()}${name.slice(1)}${activity ? ` ${activity}` : ''}`;
  });
}

const TASK = ['WorkflowTaskScheduled', 'WorkflowTaskStarted', 'WorkflowTaskCompleted'];
const activity = (name: string) => [
  `ActivityTaskScheduled ${name}`,
  'ActivityTaskStarted',
  'ActivityTaskCompleted',
];
/** `isLate`: the end came before the worker looked at the grant, so one task looks at both. */
const historyOfExpiredRequest = ({ isLate = false } = {}): readonly string[] => [
  'Started',
  ...TASK,
  'MarkerRecorded', // the judgement
  'TimerStarted', // for the lapse
  'Signaled',
  ...TASK,
  'TimerCanceled',
  'MarkerRecorded', // the look that finds the approval
  'TimerStarted', // for the end
  ...activity('grant'),
  ...(isLate ? ['WorkflowTaskScheduled', 'TimerFired', ...TASK.slice(1)] : [...TASK, 'TimerFired', ...TASK]),
  ...activity('revoke'),
  ...TASK,
  'Completed',
];

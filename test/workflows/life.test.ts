import { ELIGIBLE } from '../../core/request/commands.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { uuidv7 } from 'uuidv7';
import { createActivities } from '../../activities/index.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { clickIdOf, type RequestId } from '../../core/ids.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import {
  eventsOf,
  firstLease,
  handleOf,
  type WorkflowFixture,
  startWorkflowFixture,
} from './workflow.fixture.ts';
import { active, approved, pending, shortlyActive } from './steps.fixture.ts';

let fixture: WorkflowFixture;
beforeAll(async () => {
  fixture = await startWorkflowFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

describe('the happy path', () => {
  test('a request is approved, granted, expired and revoked: each event is recorded once, in this order', async () => {
    const request = await shortlyActive(fixture);
    expect(fixture.levelOf()).toBe('write');
    await fixture.waitForState(request, 'closed');
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.kinds(request)).toBe(
      'requested judged approved grant-started intended granted activated revoke-started revoked closed',
    );
    expect(await handleOf(fixture, request).result()).toEqual({ ending: 'expired' });
    await saveHistory(fixture, request, 'expired');
  });

  test('it costs 36 events of history and 6 workflow tasks', async () => {
    const request = await shortlyActive(fixture);
    await fixture.waitForState(request, 'closed');
    await handleOf(fixture, request).result();
    const { events = [] } = await handleOf(fixture, request).fetchHistory();
    const names = (events ?? []).map(({ eventType }) => String(eventType));
    expect(sequence(events ?? [])).toEqual(HAPPY_PATH);
    expect(names.length).toBe(36);
  });

  test('nothing but an id goes in, and no word of the reason is in the history (T22)', async () => {
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

  test('what people wrote is in one table, so that erasing it there erases it', async () => {
    const denied = await fixture.submit({ reason: 'canary-reason' });
    await fixture.waitForState(denied, 'pending');
    await fixture.outcomeOf(await fixture.answer(denied, 'deny', 'bo', { body: { note: 'canary-denial' } }));
    await fixture.outcomeOf(
      await fixture.answer(denied, 'deny', 'cy', { body: { note: 'canary-too-late' } }),
    );
    const refused = await fixture.submit({ entitlement: 'nothing-like-it', reason: 'canary-refused' });
    await until('it was refused', async () => (await fixture.kinds(refused)) === 'refused' || undefined);
    expect(await fixture.ledger.readFreeText(denied)).toEqual({
      reason: 'canary-reason',
      denial: 'canary-denial',
    });
    const where = await tablesWith('canary');
    expect(where).toEqual(['free_text']);
  });
});

/** The tables in which a text stands, in any column of any row. */
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

describe('how it ends otherwise', () => {
  test('the requester is done: the answer comes after the receipt', async () => {
    const request = await active(fixture);
    const settled = await fixture.outcomeOf(await fixture.answer(request, 'end', 'ana'));
    expect(settled).toEqual({ kind: 'answered' });
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.state(request)).toMatchObject({
      kind: 'closed',
      ending: { kind: 'ended', by: 'ana' },
    });
    await handleOf(fixture, request).result();
    await saveHistory(fixture, request, 'ended');
  });

  test('denied, with the words beside the trail', async () => {
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

  test('withdrawn', async () => {
    const request = await fixture.submit();
    await fixture.waitForState(request, 'pending');
    await fixture.outcomeOf(await fixture.answer(request, 'withdraw', 'ana'));
    expect(await fixture.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'withdrawn' } });
    await handleOf(fixture, request).result();
    await saveHistory(fixture, request, 'withdrawn');
  });

  test('nobody answers: it lapses', async () => {
    await fixture.shiftClock(-(8 * 3_600_000 - 2_000));
    const request = await fixture.submit();
    await fixture.waitForState(request, 'pending');
    await fixture.shiftClock(0);
    await fixture.waitForState(request, 'closed');
    expect(await fixture.state(request)).toMatchObject({ ending: { kind: 'lapsed' } });
    await handleOf(fixture, request).result();
    await saveHistory(fixture, request, 'lapsed');
  });

  test('the provider refuses the grant: taken back, never just closed (B01)', async () => {
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

  test('a failure that nobody foresaw is recorded as unknown, and everybody can still read it', async () => {
    const mend = fixture.gate.failFrom('ensurePresent', ApplicationFailure.nonRetryable('boom', 'TypeError'));
    const request = await approved(fixture);
    await fixture.waitForState(request, 'closed');
    mend();
    expect(await fixture.state(request)).toMatchObject({
      ending: { kind: 'grant-failed', fault: 'unknown' },
    });
  });

  test('of an outage only the kind is kept: its words may hold our addresses', async () => {
    const said = 'provider-unavailable: connect ECONNREFUSED 10.0.0.7:5432';
    const mend = fixture.gate.failFrom(
      'ensurePresent',
      ApplicationFailure.nonRetryable(said, 'provider-unavailable'),
    );
    const request = await approved(fixture);
    const closed = await fixture.waitForState(request, 'closed');
    mend();
    expect(closed).toMatchObject({ ending: { kind: 'grant-failed', fault: 'provider-unavailable' } });
    expect(JSON.stringify(closed)).not.toContain('10.0.0.7');
  });

  test('the same ask again, after its end, starts nothing (F17)', async () => {
    const request = await pending(fixture);
    await fixture.answer(request, 'withdraw', 'ana');
    await handleOf(fixture, request).result();
    const { runId } = await handleOf(fixture, request).describe();
    await fixture.engine.start(request);
    expect((await handleOf(fixture, request).describe()).runId).toBe(runId);
  });

  test('two targets, granted and removed together', async () => {
    const request = await approved(fixture, { entitlement: 'pair' });
    await fixture.waitForState(request, 'active');
    expect([fixture.levelOf('thing'), fixture.levelOf('other')]).toEqual(['read', 'admin']);
    await fixture.outcomeOf(await fixture.answer(request, 'end', 'ana'));
    expect([fixture.levelOf('thing'), fixture.levelOf('other')]).toEqual(['none', 'none']);
    await handleOf(fixture, request).result();
    await saveHistory(fixture, request, 'bundle');
  });

  test('half a bundle is no bundle: the other half is taken back (B11)', async () => {
    fixture.vendor.deleteTarget('other');
    const request = await approved(fixture, { entitlement: 'pair' });
    await fixture.waitForState(request, 'closed');
    expect([fixture.levelOf('thing'), fixture.levelOf('other')]).toEqual(['none', 'none']);
    fixture.vendor.makeTarget('other');
    await handleOf(fixture, request).result();
    await saveHistory(fixture, request, 'half-a-bundle');
  });
});

describe('answers that are refused, and recorded (I19, F42)', () => {
  const attempts = async (request: RequestId) =>
    eventsOf(await fixture.ledger.readTrail(request), 'refused').map(({ by, tried, refusal }) => [
      by,
      tried,
      refusal.code,
    ]);

  test('the requester, a bystander, a stranger to the digest, and one who comes too late', async () => {
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
    ['a person nobody knows', { person: 'nobody' }, 'unknown-person'],
  ])('a request with %s is refused, and the refusal is recorded', async (_why, more, code) => {
    const request = await fixture.submit(more);
    expect(await handleOf(fixture, await started(request)).result()).toEqual({ ending: 'refused' });
    expect(await attempts(request)).toMatchObject([[expect.anything(), 'request', code]]);
    expect(await fixture.state(request)).toEqual({ kind: 'blank' });
  });

  const started = (request: RequestId) =>
    until('the workflow is there', async () => ((await fixture.kinds(request)) === '' ? undefined : request));
});

describe('races', () => {
  test('the same click delivered five times at once: one effect (F17, F18)', async () => {
    const request = await fixture.submit();
    await fixture.waitForState(request, 'pending');
    const id = clickIdOf(uuidv7());
    await Promise.all(Array.from({ length: 5 }, () => fixture.answer(request, 'approve', 'bo', { id })));
    await fixture.waitForState(request, 'active');
    const { events = [] } = await handleOf(fixture, request).fetchHistory();
    expect(sequence(events ?? []).filter((name) => name.startsWith('UpdateAccepted'))).toHaveLength(1);
    expect(await fixture.kinds(request)).toMatch(/^requested judged approved grant-started/);
    await fixture.answer(request, 'end', 'ana');
    await fixture.waitForState(request, 'closed');
  });

  test.each([
    ['approve', 'deny'],
    ['approve', 'withdraw'],
    ['deny', 'withdraw'],
    ['approve', 'approve'],
  ] as const)('%s racing %s: one click takes effect, and the other is refused (B22)', async (one, other) => {
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
  });

  test('a forged update acts on nothing that is not in the ledger (T11)', async () => {
    const request = await fixture.submit();
    await fixture.waitForState(request, 'pending');
    const state = await fixture.state(request);
    const digest = state.kind === 'pending' ? state.details.digest : '';
    const forge = (args: unknown) =>
      handleOf(fixture, request).executeUpdate('answer', { args: [args] as never });
    await expect(forge({ click: clickIdOf(uuidv7()), kind: 'approve', by: 'bo', digest })).rejects.toThrow();
    const byAna = await fixture.click({ kind: 'approve', request, person: 'dee' as never, body: { digest } });
    await expect(forge({ click: byAna, kind: 'approve', by: 'bo', digest })).rejects.toThrow();
    for (const nonsense of [
      null,
      'approve',
      { kind: 'confirm-revoked' },
      { click: 1, kind: 'approve', by: 'bo', digest },
    ])
      await expect(forge(nonsense)).rejects.toThrow();
    expect(await fixture.state(request)).toMatchObject({ kind: 'pending', approvals: [] });
    await fixture.answer(request, 'withdraw', 'ana');
    await fixture.waitForState(request, 'closed');
  });
});

test('a person who can write to the namespace cannot forge an approval, a receipt or a revocation (T11)', async () => {
  const request = await fixture.submit();
  await fixture.waitForState(request, 'pending');
  const activities = createActivities(fixture.deps);
  const forge = (said: object) => activities.settle({ request, command: said as never, version: 0 });
  const state = await fixture.state(request);
  const digest = state.kind === 'pending' ? state.details.digest : '';
  for (const said of [
    { kind: 'approve', by: 'bo', digest, eligibility: ELIGIBLE },
    { kind: 'confirm-granted', lease: firstLease(request), seen: 'x' },
    { kind: 'confirm-revoked', lease: firstLease(request), seen: 'x' },
    { kind: 'end', by: 'ana', eligibility: ELIGIBLE },
  ])
    await expect(forge(said)).rejects.toMatchObject({ nonRetryable: true });
  expect(await fixture.state(request)).toMatchObject({ kind: 'pending', approvals: [] });

  await fixture.outcomeOf(await fixture.answer(request, 'approve', 'bo'));
  await fixture.waitForState(request, 'active');
  const signal = new AbortController().signal;
  const removing = {
    lease: firstLease(request),
    expire: false,
    via: 'workflow',
    version: 0,
    signal,
  } as const;
  await expect(revokeLease(fixture.deps, removing)).rejects.toMatchObject({ code: 'superseded' });
  expect(fixture.levelOf()).toBe('write');
  await fixture.answer(request, 'end', 'ana');
  await fixture.waitForState(request, 'closed');
});

test('the reason of an ending is always recorded, whatever its characters and length', async () => {
  const request = await fixture.submit();
  await fixture.waitForState(request, 'pending');
  const why = `\ud83d\0${'😀'.repeat(400)}`;
  await createActivities(fixture.deps).settle({ request, command: { kind: 'void', why }, version: 0 });
  expect(await fixture.state(request)).toMatchObject({ ending: { why: `\ufffd${'😀'.repeat(299)}` } });
});

/** Event types, the activity's or message's name beside them. */
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
const HAPPY_PATH = [
  'Started',
  ...TASK,
  'MarkerRecorded',
  'TimerStarted',
  ...TASK,
  'UpdateAccepted',
  ...activity('answer'),
  ...TASK,
  'UpdateCompleted',
  'TimerCanceled',
  'TimerStarted',
  ...activity('grant'),
  ...TASK,
  'TimerFired',
  ...TASK,
  ...activity('revoke'),
  ...TASK,
  'Completed',
];

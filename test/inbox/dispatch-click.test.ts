import { beforeEach, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type PersonId, type RequestId, requestIdOf } from '../../core/ids.ts';
import { type Eligibility, ELIGIBLE, NOT_ELIGIBLE } from '../../core/request/commands.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { dispatchClick } from '../../inbox/dispatch-click.ts';
import { startDispatcher } from '../../inbox/dispatcher.ts';
import { type Click, type ClickKind } from '../../ledger/index.ts';
import type { Policy } from '../../policy/index.ts';
import { isAnswer, recordAnswer } from '../../requests/answer.ts';
import type { Reply, RequestWorkflows } from '../../temporal/client.ts';
import { ana, bo, cy, sam } from '../core/request/request.fixture.ts';
import { until } from '../until.fixture.ts';
import { openedIn } from '../ledger/ledger.fixture.ts';
import { ledger } from '../ledger/own-ledger.fixture.ts';

/** What the simulated workflows were told, and what they reply. */
let told: unknown[] = [];
let checked: ClickKind[] = [];
let reply: () => Promise<Reply>;
let started: () => Promise<void>;
let account: () => Promise<Refusal | undefined>;
let eligibility: Eligibility;
beforeEach(() => {
  [told, checked, eligibility] = [[], [], ELIGIBLE];
  reply = () => Promise.resolve({ kind: 'answered', result: { state: 'active' } });
  started = () => Promise.resolve();
  account = () => Promise.resolve(undefined);
});

const workflows: RequestWorkflows = {
  start(request) {
    told.push(['start', request]);
    return started();
  },
  answer(request, { click: id, kind, by, digest }) {
    told.push([kind, request, id, by, digest]);
    return reply();
  },
};
const policy = { eligibility: () => Promise.resolve(eligibility) } as unknown as Policy;
const deps = () => ({
  ledger,
  workflows,
  isAnswer,
  recordAnswer: (click: Parameters<typeof recordAnswer>[1]) => recordAnswer({ ledger, policy }, click),
  checkAccount(click: Click) {
    checked.push(click.kind);
    return account();
  },
});
const dispatch = (click: Click) => dispatchClick(deps(), click);

const clickOf = (kind: ClickKind, by: PersonId | null, on?: RequestId): Click => {
  const id = clickIdOf(uuidv7());
  const [request, name] = [on ?? requestIdOf(id), by ?? 'nobody'];
  return {
    id,
    request,
    via: 'slack',
    account: name,
    person: by,
    kind,
    body: { digest: 'd1', note: 'not today' },
  } as Click;
};
const openRequest = () => openedIn(ledger, { targets: [] });
const eventsOf = async (request: RequestId) => (await ledger.readTrail(request)).map(({ event }) => event);
const kindsOf = async (request: RequestId) => (await eventsOf(request)).map(({ kind }) => kind).join(' ');
const refusalsOf = async (request: RequestId) =>
  (await eventsOf(request)).flatMap((event) =>
    event.kind === 'refused' ? [[event.by, event.tried, event.refusal.code]] : [],
  );

const GUEST: Refusal = { code: 'not-a-member', why: 'guest' };
const NO_WORKFLOW = () => Promise.resolve({ kind: 'no-workflow' } as const);
const NO_TEMPORAL = () => Promise.reject(new Error('Temporal does not answer'));

describe('the account behind a click', () => {
  test.each<[ClickKind, string]>([
    ['request', 'refused'],
    ['approve', 'refused'],
    ['deny', 'refused'],
    ['end', 'not asked'],
    ['withdraw', 'not asked'],
  ])('%s by a guest: the account is %s', async (kind, expected) => {
    account = () => Promise.resolve(GUEST);
    const click = clickOf(kind, ana, kind === 'request' ? undefined : await openRequest());
    const outcome = await dispatch(click);
    const isRefused = expected === 'refused';
    expect(checked).toEqual(isRefused ? [kind] : []);
    expect(await refusalsOf(click.request)).toEqual(
      isRefused ? [['ana', kind, 'not-a-member']] : kind === 'end' ? [['ana', 'end', 'wrong-state']] : [],
    );
    if (!isRefused) return;
    expect([outcome, told]).toEqual([{ kind: 'refused', refusal: GUEST }, []]);
  });

  test.each<ClickKind>(['request', 'approve', 'deny'])(
    'when Slack does not say what the account is, nothing happens and the click has no outcome: %s',
    async (kind) => {
      account = () => Promise.reject(new Error('Slack does not answer'));
      const click = clickOf(kind, bo, await openRequest());
      await expect(dispatch(click)).rejects.toThrow('Slack does not answer');
      expect([told, await kindsOf(click.request)]).toEqual([[], 'requested judged']);
    },
  );

  test.each<ClickKind>(['approve', 'deny', 'withdraw', 'end'])(
    '%s of a person who is not known is refused, and the attempt is recorded',
    async (kind) => {
      const click = clickOf(kind, null, await openRequest());
      expect(await dispatch(click)).toEqual({ kind: 'refused', refusal: { code: 'unknown-person' } });
      expect(await refusalsOf(click.request)).toEqual([[null, kind, 'unknown-person']]);
      expect(told).toEqual([]);
    },
  );
});

describe('a request', () => {
  test('its workflow is started, and the ledger records nothing before the workflow does', async () => {
    const click = clickOf('request', ana);
    expect(await dispatch(click)).toEqual({ kind: 'started' });
    expect(told).toEqual([['start', click.request]]);
    expect(await kindsOf(click.request)).toBe('');
  });

  test('of a person who is not known starts its workflow too, in which the policy refuses it', async () => {
    const click = clickOf('request', null);
    expect(await dispatch(click)).toEqual({ kind: 'started' });
    expect([told, await kindsOf(click.request)]).toEqual([[['start', click.request]], '']);
  });

  test('while Temporal does not answer it has no outcome, so it is dispatched again', async () => {
    started = NO_TEMPORAL;
    await expect(dispatch(clickOf('request', ana))).rejects.toThrow('Temporal does not answer');
  });

  test('a refusal is recorded once, as the opening of the request, however often the click is dispatched', async () => {
    account = () => Promise.resolve(GUEST);
    const click = clickOf('request', null);
    await dispatch(click);
    await dispatch(click);
    expect(await refusalsOf(click.request)).toEqual([[null, 'request', 'not-a-member']]);
    const noted = (await ledger.takeNotifications(1_000)).filter(({ request }) => request === click.request);
    expect(noted.map(({ step }) => step)).toEqual(['open']);
  });
});

describe('an approval', () => {
  test('the workflow gets it with the id of the click, the person and the digest, and the ledger decides nothing yet', async () => {
    const click = clickOf('approve', bo, await openRequest());
    expect(await dispatch(click)).toEqual({ kind: 'answered' });
    expect(told).toEqual([['approve', click.request, click.id, bo, 'd1']]);
    expect(await kindsOf(click.request)).toBe('requested judged');
  });

  test('a refusal by the workflow is recorded once, and is the outcome', async () => {
    reply = () => Promise.resolve({ kind: 'refused', refusal: { code: 'own-request' } });
    const click: Click = { ...clickOf('approve', ana, await openRequest()), via: 'cli' };
    for (let time = 0; time < 2; time += 1)
      expect(await dispatch(click)).toEqual({ kind: 'refused', refusal: { code: 'own-request' } });
    expect(await refusalsOf(click.request)).toEqual([['ana', 'approve', 'own-request']]);
    expect((await ledger.readTrail(click.request)).at(-1)?.via).toBe('cli');
  });

  test('each refused approval of a request is recorded, also the second one of the same person', async () => {
    reply = () => Promise.resolve({ kind: 'refused', refusal: { code: 'not-an-approver' } });
    const request = await openRequest();
    for (const by of [sam, ana, sam]) await dispatch(clickOf('approve', by, request));
    expect(await refusalsOf(request)).toEqual(
      ['sam', 'ana', 'sam'].map((by) => [by, 'approve', 'not-an-approver']),
    );
  });

  test('while Temporal does not answer, it has no outcome and nothing is recorded', async () => {
    reply = NO_TEMPORAL;
    const click = clickOf('approve', bo, await openRequest());
    await expect(dispatch(click)).rejects.toThrow('Temporal does not answer');
    expect(await kindsOf(click.request)).toBe('requested judged');
  });

  test('without a workflow a pending request becomes void, so nobody waits for access that nothing grants', async () => {
    reply = NO_WORKFLOW;
    const click: Click = { ...clickOf('approve', bo, await openRequest()), via: 'cli' };
    const why = 'its workflow no longer runs, so nothing would have granted the access';
    expect(await dispatch(click)).toMatchObject({
      kind: 'refused',
      refusal: { code: 'wrong-state', ending: { kind: 'voided', why } },
    });
    expect((await ledger.readTrail(click.request, 2)).map(({ event, via }) => [event.kind, via])).toEqual([
      ['closed', 'cli'],
      ['refused', 'cli'],
    ]);
  });

  test('without a workflow a request that is approved already is not made void', async () => {
    const request = await openRequest();
    await deps().recordAnswer(clickOf('approve', bo, request) as never);
    reply = NO_WORKFLOW;
    expect(await dispatch(clickOf('approve', cy, request))).toMatchObject({ kind: 'refused' });
    expect(await kindsOf(request)).toBe('requested judged approved grant-started refused');
  });
});

test('an answer without a digest is told to the workflow with an empty one, which approves nothing', async () => {
  const click: Click = { ...clickOf('approve', bo, await openRequest()), body: {} } as Click;
  await dispatch(click);
  expect(told).toEqual([['approve', click.request, click.id, bo, '']]);
});

describe('a denial, a withdrawal and an end', () => {
  test.each<[ClickKind, PersonId, string]>([
    ['deny', bo, 'requested judged closed'],
    ['withdraw', ana, 'requested judged closed'],
  ])('%s is in the ledger before the workflow is told', async (kind, by, kinds) => {
    const click = clickOf(kind, by, await openRequest());
    let whenTold = '';
    reply = async () => {
      whenTold = await kindsOf(click.request);
      return { kind: 'answered', result: { state: 'closed' } };
    };
    expect(await dispatch(click)).toEqual({ kind: 'answered' });
    expect([whenTold, told]).toEqual([kinds, [[kind, click.request, click.id, by, 'd1']]]);
  });

  test.each<[string, () => Promise<Reply>]>([
    ['no workflow runs', NO_WORKFLOW],
    [
      'the workflow refuses',
      () => Promise.resolve({ kind: 'refused', refusal: { code: 'not-an-approver' } }),
    ],
  ])('the answer of the ledger counts when %s', async (_why, replies) => {
    reply = replies;
    const click = clickOf('deny', bo, await openRequest());
    expect(await dispatch(click)).toEqual({ kind: 'answered-by-ledger' });
    expect(await kindsOf(click.request)).toBe('requested judged closed');
  });

  test('while Temporal does not answer it has no outcome, and the next attempt records it no second time', async () => {
    reply = NO_TEMPORAL;
    const click = clickOf('deny', bo, await openRequest());
    await expect(dispatch(click)).rejects.toThrow('Temporal does not answer');
    reply = () => Promise.resolve({ kind: 'answered', result: { state: 'closed' } });
    expect(await dispatch(click)).toEqual({ kind: 'answered' });
    expect(await kindsOf(click.request)).toBe('requested judged closed');
  });

  test('a denial by a person who is no approver is refused, recorded and does not close the request', async () => {
    eligibility = NOT_ELIGIBLE;
    const click = clickOf('deny', sam, await openRequest());
    expect(await dispatch(click)).toEqual({ kind: 'refused', refusal: { code: 'not-an-approver' } });
    expect(await refusalsOf(click.request)).toEqual([['sam', 'deny', 'not-an-approver']]);
  });

  test('a refused answer is told to the workflow too, and its outcome does not wait for Temporal', async () => {
    eligibility = NOT_ELIGIBLE;
    reply = NO_TEMPORAL;
    const click = clickOf('deny', sam, await openRequest());
    expect(await dispatch(click)).toMatchObject({ kind: 'refused' });
    expect(told).toEqual([['deny', click.request, click.id, sam, 'd1']]);
  });

  test('a refused answer has its outcome also while Temporal says nothing at all', async () => {
    eligibility = NOT_ELIGIBLE;
    reply = () => new Promise(() => undefined);
    expect(await dispatch(clickOf('deny', sam, await openRequest()))).toMatchObject({ kind: 'refused' });
  });
});

describe('the dispatcher', () => {
  const start = (onRetry: (click: Click, error: unknown) => void) =>
    startDispatcher({ ...deps(), onRetry, onError: (error) => console.error(error) });

  test('it stores the outcome of a click of each kind, and leaves a password click to its own listener', async () => {
    const dispatcher = start(() => undefined);
    const [approval, withdrawal] = [
      clickOf('approve', bo, await openRequest()),
      clickOf('withdraw', ana, await openRequest()),
    ];
    const clicks = [clickOf('request', ana), approval, clickOf('deny', bo, await openRequest()), withdrawal];
    const password = clickOf('deliver', ana, approval.request);
    for (const click of [password, ...clicks, clickOf('end', null, approval.request)])
      await ledger.writeClick(click);
    const outcomes = clicks.map((click) =>
      until(`the outcome of ${click.kind}`, () => ledger.clickOutcome(click.id)),
    );
    expect(await Promise.all(outcomes)).toEqual([
      { kind: 'started' },
      { kind: 'answered' },
      { kind: 'answered' },
      { kind: 'answered' },
    ]);
    await dispatcher.stop();
    expect(await ledger.clickOutcome(password.id)).toBeUndefined();
    expect(told).not.toContainEqual(expect.arrayContaining([password.id]));
  });

  test('a click that fails is reported with its error, is tried again, and gets its outcome then', async () => {
    const reported: unknown[] = [];
    account = () =>
      checked.length < 2 ? Promise.reject(new Error('Slack is away')) : Promise.resolve(GUEST);
    const dispatcher = start((click, error) => reported.push([click.id, String(error)]));
    const click = clickOf('approve', bo, await openRequest());
    await ledger.writeClick(click);
    expect(await until('it has its outcome', () => ledger.clickOutcome(click.id))).toEqual({
      kind: 'refused',
      refusal: GUEST,
    });
    await dispatcher.stop();
    expect(reported).toEqual([[click.id, 'Error: Slack is away']]);
    expect(await refusalsOf(click.request)).toEqual([['bo', 'approve', 'not-a-member']]);
  });

  test('a stop waits for the click in progress, which keeps its outcome', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    reply = async () => {
      await released;
      for (let time = 0; time < 20; time += 1) await ledger.now();
      return { kind: 'answered', result: { state: 'active' } };
    };
    const dispatcher = start(() => undefined);
    const click = clickOf('approve', bo, await openRequest());
    await ledger.writeClick(click);
    await until('the workflow is told', () => told.length > 0);
    const stopped = dispatcher.stop();
    release();
    await stopped;
    expect(await ledger.clickOutcome(click.id)).toEqual({ kind: 'answered' });
  });
});

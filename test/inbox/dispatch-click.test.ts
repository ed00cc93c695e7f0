import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type PersonId, type RequestId, requestIdOf } from '../../core/ids.ts';
import { type Eligibility, ELIGIBLE, NOT_ELIGIBLE } from '../../core/request/commands.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { dispatchClick } from '../../inbox/dispatch-click.ts';
import { startDispatcher } from '../../inbox/dispatcher.ts';
import { type Click, type ClickKind } from '../../ledger/index.ts';
import type { Policy } from '../../policy/index.ts';
import { isAnswer, recordAnswer } from '../../requests/answer.ts';
import { ana, bo, sam } from '../core/request/request.fixture.ts';
import { until } from '../until.fixture.ts';
import { openedIn } from '../ledger/ledger.fixture.ts';
import { ledger, rows } from '../ledger/own-ledger.fixture.ts';

/** The kinds of the clicks whose accounts were checked. */
let checked: ClickKind[] = [];
let account: () => Promise<Refusal | undefined>;
let eligibility: Eligibility;
beforeEach(() => {
  [checked, eligibility] = [[], ELIGIBLE];
  account = () => Promise.resolve(undefined);
});
afterEach(() => rows('delete from wake_up'));

const policy = { eligibility: () => Promise.resolve(eligibility) } as unknown as Policy;
const deps = () => ({
  ledger,
  isAnswer,
  recordAnswer: (click: Parameters<typeof recordAnswer>[1]) => recordAnswer({ ledger, policy }, click),
  checkAccount(click: Click) {
    checked.push(click.kind);
    return account();
  },
});
const dispatch = (click: Click) => dispatchClick(deps(), click);
/** The requests whose workflows are woken. */
const wakeUps = async () =>
  (await rows<{ request_id: string }>('select request_id from wake_up')).map((row) => row.request_id);

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
    expect([outcome, await wakeUps()]).toEqual([{ kind: 'refused', refusal: GUEST }, []]);
  });

  test.each<ClickKind>(['request', 'approve', 'deny'])(
    'when Slack does not say what the account is, nothing happens and the click has no outcome: %s',
    async (kind) => {
      account = () => Promise.reject(new Error('Slack does not answer'));
      const click = clickOf(kind, bo, await openRequest());
      await expect(dispatch(click)).rejects.toThrow('Slack does not answer');
      expect([await wakeUps(), await kindsOf(click.request)]).toEqual([[], 'requested judged']);
    },
  );

  test.each<ClickKind>(['approve', 'deny', 'withdraw', 'end'])(
    '%s of a person who is not known is refused, and the attempt is recorded',
    async (kind) => {
      const click = clickOf(kind, null, await openRequest());
      expect(await dispatch(click)).toEqual({ kind: 'refused', refusal: { code: 'unknown-person' } });
      expect(await refusalsOf(click.request)).toEqual([[null, kind, 'unknown-person']]);
      expect(await wakeUps()).toEqual([]);
    },
  );
});

describe('a request', () => {
  test.each([
    ['a person who is known', ana],
    ['a person who is not known, whom the policy refuses', null],
  ])('of %s is accepted, and its workflow is woken, which judges it', async (_who, by) => {
    const click = clickOf('request', by);
    await ledger.writeClick(click);
    expect(await dispatch(click)).toEqual({ kind: 'started' });
    expect(await ledger.clickOutcome(click.id)).toEqual({ kind: 'started' });
    expect([await wakeUps(), await kindsOf(click.request)]).toEqual([[click.request], '']);
  });

  test('that was refused in its form is recorded as refused, and never judged', async () => {
    const refusal = { code: 'reason-missing' } as const;
    const click = { ...clickOf('request', ana), body: { entitlement: '', length: '', refusal } } as Click;
    await ledger.writeClick(click);
    expect(await dispatch(click)).toEqual({ kind: 'refused', refusal });
    expect(await refusalsOf(click.request)).toEqual([['ana', 'request', 'reason-missing']]);
    expect(await wakeUps()).toEqual([]);
  });

  test('is not accepted while the account behind it is not checked, so nothing judges it (T45)', async () => {
    account = () => Promise.reject(new Error('Slack does not answer'));
    const click = clickOf('request', ana);
    await ledger.writeClick(click);
    await expect(dispatch(click)).rejects.toThrow('Slack does not answer');
    expect([await ledger.clickOutcome(click.id), await wakeUps()]).toEqual([undefined, []]);
  });

  test('a refusal is recorded once, as the opening of the request, however often the click is dispatched', async () => {
    account = () => Promise.resolve(GUEST);
    const click = clickOf('request', null);
    await dispatch(click);
    await dispatch(click);
    expect(await refusalsOf(click.request)).toEqual([[null, 'request', 'not-a-member']]);
    const noted = (await ledger.takeNotifications(1_000)).filter(({ request }) => request === click.request);
    expect(noted.map(({ step }) => step)).toEqual(['open']);
    expect(await wakeUps()).toEqual([]);
  });
});

describe('an answer', () => {
  test.each<[ClickKind, PersonId, string]>([
    ['approve', bo, 'requested judged approved grant-started'],
    ['deny', bo, 'requested judged closed'],
    ['withdraw', ana, 'requested judged closed'],
    ['end', ana, 'requested judged approved grant-started revoke-started'],
  ])('%s is in the ledger at once, and the workflow is woken to look there', async (kind, by, kinds) => {
    const request = await openRequest();
    if (kind === 'end') await dispatch(clickOf('approve', bo, request));
    await rows('delete from wake_up');
    const click: Click = { ...clickOf(kind, by, request), via: 'cli' };
    expect(await dispatch(click)).toEqual({ kind: 'answered' });
    expect([await kindsOf(request), await wakeUps()]).toEqual([kinds, [request]]);
    expect((await ledger.readTrail(request)).at(-1)?.via).toBe('cli');
  });

  test('counts once, however often its click is dispatched (F18)', async () => {
    const click = clickOf('deny', bo, await openRequest());
    for (let time = 0; time < 2; time += 1) expect(await dispatch(click)).toEqual({ kind: 'answered' });
    expect(await kindsOf(click.request)).toBe('requested judged closed');
  });

  test('that is refused is recorded once, and the refusal is the outcome', async () => {
    const click: Click = { ...clickOf('approve', ana, await openRequest()), via: 'cli' };
    for (let time = 0; time < 2; time += 1)
      expect(await dispatch(click)).toEqual({ kind: 'refused', refusal: { code: 'own-request' } });
    expect(await refusalsOf(click.request)).toEqual([['ana', 'approve', 'own-request']]);
    expect((await ledger.readTrail(click.request)).at(-1)?.via).toBe('cli');
    expect(await wakeUps()).toEqual([]);
  });

  test('that is refused is recorded once for each person and reason, and is refused each time', async () => {
    const request = await openRequest();
    for (const by of [sam, ana, sam])
      expect(await dispatch(clickOf('approve', by, request))).toMatchObject({ kind: 'refused' });
    expect(await refusalsOf(request)).toEqual([
      ['sam', 'approve', 'not-an-approver'],
      ['ana', 'approve', 'own-request'],
    ]);
  });

  test.each<ClickKind>(['approve', 'deny'])(
    'to %s by a person whom the policy no longer lets answer is refused (I12)',
    async (kind) => {
      eligibility = NOT_ELIGIBLE;
      const click = clickOf(kind, bo, await openRequest());
      expect(await dispatch(click)).toEqual({ kind: 'refused', refusal: { code: 'no-longer-an-approver' } });
      expect(await kindsOf(click.request)).toBe('requested judged refused');
    },
  );

  test('without a digest approves nothing (I11)', async () => {
    const click: Click = { ...clickOf('approve', bo, await openRequest()), body: {} } as Click;
    expect(await dispatch(click)).toEqual({ kind: 'refused', refusal: { code: 'changed' } });
  });

  test('that the ledger does not record has no outcome, so it is dispatched again', async () => {
    const away = () => Promise.reject(new Error('the ledger is away'));
    const click = clickOf('approve', bo, await openRequest());
    await expect(dispatchClick({ ...deps(), recordAnswer: away }, click)).rejects.toThrow(
      'the ledger is away',
    );
    expect(await dispatch(click)).toEqual({ kind: 'answered' });
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
    expect(checked).not.toContain('deliver');
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
    let [release, reached] = [(): void => undefined, false];
    const released = new Promise<void>((resolve) => (release = resolve));
    account = async () => {
      reached = true;
      await released;
      for (let time = 0; time < 20; time += 1) await ledger.now();
      return undefined;
    };
    const dispatcher = start(() => undefined);
    const click = clickOf('approve', bo, await openRequest());
    await ledger.writeClick(click);
    await until('its account is checked', () => reached);
    const stopped = dispatcher.stop();
    release();
    await stopped;
    expect(await ledger.clickOutcome(click.id)).toEqual({ kind: 'answered' });
  });
});

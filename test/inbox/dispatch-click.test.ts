import { type ClickKind, type DecidedKind } from '../../core/click-kinds.ts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, leaseIdOf, type PersonId, type RequestId, requestIdOf } from '../../core/ids.ts';
import { type Eligibility, ELIGIBLE, NOT_ELIGIBLE } from '../../core/request/commands.ts';
import { dispatchClick, type DispatchDeps } from '../../inbox/dispatch-click.ts';
import { startDispatcher } from '../../inbox/dispatcher.ts';
import { type Click } from '../../ledger/index.ts';
import { ok } from '../../core/result.ts';
import type { Policy } from '../../policy/index.ts';
import { accountActingAs, chosenPerson } from '../../requests/acting-as.ts';
import { decideClick } from '../../requests/decide-click.ts';
import { ana, bo, sam } from '../core/request/request.fixture.ts';
import { until } from '../until.fixture.ts';
import { grantedIn, openedIn } from '../ledger/ledger.fixture.ts';
import { ledger, rows } from '../ledger/own-ledger.fixture.ts';

let eligibility: Eligibility;
beforeEach(() => void (eligibility = ELIGIBLE));
afterEach(() => rows('delete from wake_up'));

const policy = {
  eligibility: () => Promise.resolve(eligibility),
  mayAct: () => Promise.resolve(ELIGIBLE),
  ownerOf: (system: string, account: string) => Promise.resolve(ok(chosenPerson(system, account))),
} as unknown as Policy;
const deps = () => ({
  ledger,
  decide: (click: Click<DecidedKind>) => decideClick({ ledger, policy }, click),
});
const dispatch = (click: Click) => dispatchClick(deps(), click);
/** The requests whose workflows are woken. */
const wakeUps = async () =>
  (await rows<{ request_id: string }>('select request_id from wake_up')).map((row) => row.request_id);

/** A click at the command line. A null person is somebody whom people.yaml does not name. */
const clickOf = (kind: ClickKind, by: PersonId | null, on?: RequestId): Click => {
  const id = clickIdOf(uuidv7());
  const account = accountActingAs('tester', by ?? 'nobody');
  const body = { digest: 'd1', note: 'not today' };
  return { id, request: on ?? requestIdOf(id), via: 'cli', account, person: by, kind, body } as Click;
};
const openRequest = () => openedIn(ledger, { targets: [] });
const eventsOf = async (request: RequestId) => (await ledger.readTrail(request)).map(({ event }) => event);
const kindsOf = async (request: RequestId) => (await eventsOf(request)).map(({ kind }) => kind).join(' ');
const refusalsOf = async (request: RequestId) =>
  (await eventsOf(request)).flatMap((event) =>
    event.kind === 'refused' ? [[event.by, event.tried, event.refusal.code]] : [],
  );

describe('the account behind a click', () => {
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

  test('that was refused in its form is recorded once as refused, and never judged', async () => {
    const refusal = { code: 'reason-missing' } as const;
    const click = { ...clickOf('request', ana), body: { entitlement: '', length: '', refusal } } as Click;
    await ledger.writeClick(click);
    for (let times = 0; times < 2; times += 1)
      expect(await dispatch(click)).toEqual({ kind: 'refused', refusal });
    expect(await refusalsOf(click.request)).toEqual([['ana', 'request', 'reason-missing']]);
    const noted = (await ledger.takeNotifications(1_000, 'news')).filter(
      ({ request }) => request === click.request,
    );
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
    const click = clickOf(kind, by, request);
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
    const click = clickOf('approve', ana, await openRequest());
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
    const away = () => Promise.reject(new Error('the ledger is unavailable'));
    const click = clickOf('approve', bo, await openRequest());
    await expect(dispatchClick({ ...deps(), decide: away }, click)).rejects.toThrow(
      'the ledger is unavailable',
    );
    expect(await dispatch(click)).toEqual({ kind: 'answered' });
  });
});

describe('a click for a password', () => {
  const passwordClick = async (by: PersonId | null): Promise<Click> => {
    const request = await grantedIn(ledger);
    return { ...clickOf('deliver', by, request), body: { lease: leaseIdOf(request, 0) } } as Click;
  };

  test('of the requester is answered, and its delivery is recorded once (F18)', async () => {
    const click = await passwordClick(ana);
    for (let time = 0; time < 2; time += 1) expect(await dispatch(click)).toEqual({ kind: 'answered' });
    expect(await kindsOf(click.request)).toMatch(/ activated delivered$/);
    expect(await wakeUps()).not.toContain(click.request);
  });

  test.each([
    [null, 'unknown-person'],
    [bo, 'not-requester'],
  ])('of %s is refused, and the attempt is recorded (I19)', async (by, code) => {
    const click = await passwordClick(by);
    expect(await dispatch(click)).toEqual({ kind: 'refused', refusal: { code } });
    expect(await refusalsOf(click.request)).toEqual([[by, 'deliver', code]]);
  });
});

describe('the dispatcher', () => {
  const start = (onRetry: (click: Click, error: unknown) => void, more: Partial<DispatchDeps> = {}) =>
    startDispatcher({ ...deps(), ...more, onRetry, onError: (error) => console.error(error) });

  test('it stores the outcome of a click of each kind', async () => {
    const dispatcher = start(() => undefined);
    const [approval, withdrawal] = [
      clickOf('approve', bo, await openRequest()),
      clickOf('withdraw', ana, await openRequest()),
    ];
    const granted = await grantedIn(ledger);
    const password = { ...clickOf('deliver', ana, granted), body: { lease: leaseIdOf(granted, 0) } } as Click;
    const clicks = [
      ...[clickOf('request', ana), approval, clickOf('deny', bo, await openRequest()), withdrawal],
      password,
    ];
    for (const click of [...clicks, clickOf('end', null, approval.request)]) await ledger.writeClick(click);
    const outcomes = clicks.map((click) =>
      until(`the outcome of ${click.kind}`, () => ledger.clickOutcome(click.id)),
    );
    expect(await Promise.all(outcomes)).toEqual([
      { kind: 'started' },
      { kind: 'answered' },
      { kind: 'answered' },
      { kind: 'answered' },
      { kind: 'answered' },
    ]);
    await dispatcher.stop();
  });

  test('a click that fails is reported with its error, is tried again, and gets its outcome then', async () => {
    const reported: unknown[] = [];
    const recordOnce: DispatchDeps['decide'] = (click) =>
      reported.length === 0 ? Promise.reject(new Error('the ledger is unavailable')) : deps().decide(click);
    const dispatcher = start((click, error) => reported.push([click.id, String(error)]), {
      decide: recordOnce,
    });
    const click = clickOf('approve', bo, await openRequest());
    await ledger.writeClick(click);
    expect(await until('it has its outcome', () => ledger.clickOutcome(click.id))).toEqual({
      kind: 'answered',
    });
    await dispatcher.stop();
    expect(reported).toEqual([[click.id, 'Error: the ledger is unavailable']]);
  });

  test('a stop waits for the click in progress, which keeps its outcome', async () => {
    let [release, reached] = [(): void => undefined, false];
    const released = new Promise<void>((resolve) => (release = resolve));
    const dispatcher = start(() => undefined, {
      async decide(click) {
        reached = true;
        await released;
        for (let time = 0; time < 20; time += 1) await ledger.now();
        return deps().decide(click);
      },
    });
    const click = clickOf('approve', bo, await openRequest());
    await ledger.writeClick(click);
    await until('it is being decided', () => reached);
    const stopped = dispatcher.stop();
    release();
    await stopped;
    expect(await ledger.clickOutcome(click.id)).toEqual({ kind: 'answered' });
  });
});

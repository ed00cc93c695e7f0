import { type ClickKind, type DecidedKind } from '../../core/click-kinds.ts';
import { afterEach, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type ClickId, type PersonId, type RequestId, requestIdOf } from '../../core/ids.ts';
import { ELIGIBLE } from '../../core/request/commands.ts';
import { ok } from '../../core/result.ts';
import { type AccountChecksDeps, startAccountChecks } from '../../inbox/account-checks.ts';
import { startDispatcher } from '../../inbox/dispatcher.ts';
import type { Click } from '../../ledger/index.ts';
import type { Policy } from '../../policy/index.ts';
import { decideClick } from '../../requests/decide-click.ts';
import { guestFacts, memberFacts } from '../core/account.fixture.ts';
import { ana, bo, cy } from '../core/request/request.fixture.ts';
import { grantedIn, openedIn } from '../ledger/ledger.fixture.ts';
import { ledger, rows } from '../ledger/own-ledger.fixture.ts';
import { until } from '../until.fixture.ts';

const parts: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(parts.splice(0).map((part) => part.stop()));
  await rows('delete from unchecked_click');
  await rows('delete from wake_up');
});

const member = (account: string) => Promise.resolve(memberFacts(account));
/** Starts the checks. `failed` has the clicks that could not be checked, with the error. */
function checks(
  readAccount: AccountChecksDeps['readAccount'],
  more: Partial<AccountChecksDeps['ledger']> = {},
) {
  const failed: (readonly [ClickId, unknown])[] = [];
  const errors: unknown[] = [];
  parts.push(
    startAccountChecks({
      ledger: { ...ledger, ...more },
      readAccount,
      onRetry: ({ id }, error) => failed.push([id, error]),
      onError: (error) => errors.push(error),
    }),
  );
  return { failed, errors };
}
/** Starts a dispatcher for which people.yaml gives to each account the person that is its name. */
function dispatcher() {
  const policy = {
    eligibility: () => Promise.resolve(ELIGIBLE),
    mayAct: () => Promise.resolve(ELIGIBLE),
    ownerOf: (_system: string, account: string) => Promise.resolve(ok(account as PersonId)),
  } as unknown as Policy;
  const onError = (error: unknown) => console.error(error);
  const record = (click: Click<DecidedKind>) => decideClick({ ledger, policy }, click);
  const retried: (readonly [ClickId, string])[] = [];
  const onRetry = ({ id }: Click, error: unknown) => void retried.push([id, String(error)]);
  parts.push(startDispatcher({ ledger, decide: record, onRetry, onError }));
  return { retried };
}
async function clicked(kind: ClickKind, by: PersonId, on?: RequestId): Promise<Click> {
  const id = clickIdOf(uuidv7());
  const request = on ?? requestIdOf(id);
  const body = { digest: 'd1', note: 'no' };
  const click = { id, request, via: 'slack', account: by, person: by, kind, body } as Click;
  await ledger.writeClick(click);
  return click;
}
const openRequest = () => openedIn(ledger, { targets: [] });
const checked = ({ id }: Click) => until('it is checked', () => ledger.readAccountCheck(id));
const outcome = ({ id }: Click) => until('it has its outcome', () => ledger.clickOutcome(id));

describe('the check of an account', () => {
  test('is stored once with its click, with the time of the ledger, and the click is decided then (T45)', async () => {
    dispatcher();
    const click = await clicked('approve', bo, await openRequest());
    const before = await ledger.now();
    checks(member);
    expect(await outcome(click)).toEqual({ kind: 'answered' });
    const [row] = await rows<{ facts: object; at: Date }>(
      'select facts, checked_at as at from account_check where click_id = $1',
      [click.id],
    );
    expect(row?.facts).toEqual(memberFacts('bo'));
    expect(Number(row?.at)).toBeGreaterThanOrEqual(before - 1);
    expect(await rows('select from unchecked_click')).toEqual([]);
  });

  test('is made anew for each click, because a member can become a guest (B44)', async () => {
    const answers = [memberFacts('bo'), guestFacts('bo')];
    checks(() => Promise.resolve(answers.shift() ?? memberFacts('bo')));
    for (const facts of [memberFacts('bo'), guestFacts('bo')])
      expect(await checked(await clicked('approve', bo, await openRequest()))).toEqual(facts);
  });

  test('is made by one of several gateways, and a second one changes nothing', async () => {
    const click = await clicked('approve', bo, await openRequest());
    await ledger.storeAccountCheck(click.id, memberFacts('bo'));
    await ledger.storeAccountCheck(click.id, memberFacts('bo', { is_restricted: true }));
    expect(await ledger.readAccountCheck(click.id)).toEqual(memberFacts('bo'));
  });

  test.each(['request', 'approve', 'deny', 'deliver'] as const)(
    'is not there while Slack is unavailable, so a click to %s is not taken, and Slack is asked again after a pause that grows (F20, F32)',
    async (kind) => {
      dispatcher();
      let asked = 0;
      const away = new Error('Slack is unavailable');
      const { failed } = checks(
        (account) => ((asked += 1), asked < 4 ? Promise.reject(away) : member(account)),
      );
      const click = await clicked(kind, bo, kind === 'request' ? undefined : await openRequest());
      for (let time = 1; time < 4; time += 1) {
        await until('Slack was asked again', () => failed.length === time || undefined);
        const [waits] = await rows<{ seconds: number; tries: number }>(
          `select tries, extract(epoch from next_try_at - ledger_now())::float as seconds from unchecked_click`,
        );
        expect(waits?.tries).toBe(time);
        expect(waits?.seconds).toBeGreaterThan(2 ** (time - 1));
        expect(waits?.seconds).toBeLessThanOrEqual(2 ** time);
        expect(await ledger.takeClicks([kind], 10, 1)).toEqual([]);
        await rows(
          `update unchecked_click set next_try_at = ledger_now() returning pg_notify('curfew_unchecked_click', '')`,
        );
      }
      expect(failed).toEqual(Array.from({ length: 3 }, () => [click.id, away]));
      const decided = { request: 'started', approve: 'answered', deny: 'answered', deliver: 'refused' };
      expect(await outcome(click)).toMatchObject({ kind: decided[kind] });
    },
  );

  test('is needed also for a click that somebody takes out of the queue by hand: it is tried again until it has one (T45)', async () => {
    const click = await clicked('approve', bo, await openRequest());
    await rows('delete from unchecked_click');
    const { retried } = dispatcher();
    await until('the dispatcher tried it', () => retried.length > 0 || undefined);
    expect(retried[0]).toEqual([click.id, 'Error: the account of this click is not checked yet']);
    expect(await ledger.clickOutcome(click.id)).toBeUndefined();
    await ledger.storeAccountCheck(click.id, memberFacts('bo', { is_restricted: true }));
    await rows('update click set next_try_at = ledger_now() where id = $1', [click.id]);
    expect(await outcome(click)).toEqual({
      kind: 'refused',
      refusal: { code: 'not-a-member', why: 'guest' },
    });
  });

  test.each<[string, Partial<Click>]>([
    ['of the command line, whose login is known', { via: 'cli', kind: 'approve' }],
    ['that ends access, which must not wait for Slack (I14)', { kind: 'end' }],
    ['that withdraws a request (I14)', { kind: 'withdraw' }],
  ])('is not asked for a click %s', async (_which, more) => {
    const id = clickIdOf(uuidv7());
    const from = { id, request: requestIdOf(id), via: 'slack', account: 'bo', person: bo, body: {} } as const;
    await ledger.writeClick({ ...from, ...more } as Click);
    expect(await rows('select from unchecked_click where click_id = $1', [id])).toEqual([]);
  });

  test('is asked once for what Slack delivers again (F18)', async () => {
    const id = clickIdOf(uuidv7());
    const click = {
      id,
      request: requestIdOf(id),
      via: 'slack',
      account: 'bo',
      person: bo,
      kind: 'deny',
      body: {},
    } as const;
    await ledger.writeClick(click, 'trigger-1');
    await ledger.storeAccountCheck(id, memberFacts('bo'));
    await ledger.writeClick({ ...click, id: clickIdOf(uuidv7()) }, 'trigger-1');
    expect(await rows('select from unchecked_click')).toEqual([]);
  });

  test('that the ledger does not store is tried again', async () => {
    const away = new Error('the ledger is unavailable');
    const { failed } = checks(member, { storeAccountCheck: () => Promise.reject(away) });
    const click = await clicked('approve', bo, await openRequest());
    await until('it failed', () => failed.length > 0 || undefined);
    expect(failed[0]).toEqual([click.id, away]);
    expect(await rows('select from unchecked_click where click_id = $1', [click.id])).toHaveLength(1);
  });

  test('waits while the clicks cannot be read, which is reported', async () => {
    const away = new Error('the ledger is unavailable');
    let isUnavailable = true;
    const take: typeof ledger.takeUncheckedClicks = (...args) =>
      isUnavailable ? Promise.reject(away) : ledger.takeUncheckedClicks(...args);
    const { errors } = checks(member, { takeUncheckedClicks: take });
    await until('each queue is reported', () => errors.length >= 2 || undefined);
    isUnavailable = false;
    await checked(await clicked('approve', bo, await openRequest()));
    expect(new Set(errors)).toEqual(new Set([away]));
  });
});

test.each<[string, slow: ClickKind, others: readonly ClickKind[]]>([
  ['approvals', 'approve', ['deny', 'withdraw', 'end']],
  ['requests', 'request', ['deny', 'withdraw', 'end']],
  ['denials', 'deny', ['approve', 'withdraw', 'end']],
])(
  'a hundred %s that wait for Slack delay no other answer, least of all an end (F20, F32, I14)',
  async (_what, slow, others) => {
    let [open, waiting] = [(): void => undefined, 0];
    const opened = new Promise<void>((resolve) => (open = resolve));
    dispatcher();
    const many = await Promise.all(Array.from({ length: 100 }, () => clicked(slow, ana)));
    checks(async (account) => {
      if (account === ana) {
        waiting += 1;
        await opened;
      }
      return memberFacts(account);
    });
    try {
      await until('as many wait as can wait at once', () => waiting >= 32 || undefined);
      for (const kind of others) {
        const by = kind === 'approve' || kind === 'deny' ? cy : ana;
        const answer = await clicked(kind, by, await (kind === 'end' ? grantedIn(ledger) : openRequest()));
        expect(await outcome(answer)).toEqual({ kind: 'answered' });
      }
      // An objection of a reviewer and a mass ending end access too.
      if (slow !== 'deny')
        for (const kind of ['object', 'end-all'] as const)
          await checked(await clicked(kind, cy, await openRequest()));
      expect(waiting).toBe(32); // as many as may wait at the same time
    } finally {
      open(); // The stop of the checks waits for those in progress.
    }
    for (const each of many) await outcome(each);
  },
);

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { examineLedger } from '../../../app/doctor-ledger.ts';
import { examineLocks } from '../../../app/doctor-locks.ts';
import { examineLog } from '../../../app/doctor-log.ts';
import { examineStream } from '../../../app/doctor-stream.ts';
import { logAccess } from '../../../audit/published-approval.ts';
import { Fault } from '../../../core/faults.ts';
import {
  clickIdOf,
  type Instant,
  type MassEndingId,
  type PersonId,
  type RequestId,
  requestIdOf,
} from '../../../core/ids.ts';
import { NOT_ELIGIBLE } from '../../../core/request/commands.ts';
import { refuseRequest } from '../../../inbox/receive.ts';
import { type Click, LEDGER_ROLES, type Ledger, type LedgerRole, openLedger } from '../../../ledger/index.ts';
import {
  readAccessOf,
  readHolders,
  readLiveAccess,
  readOwnRequests,
} from '../../../requests/access-questions.ts';
import { advance } from '../../../requests/advance.ts';
import { readAuditorOverview } from '../../../requests/auditor-overview.ts';
import { decideClick } from '../../../requests/decide-click.ts';
import { grantLease } from '../../../requests/grant-lease.ts';
import { revokeLease } from '../../../requests/revoke-lease.ts';
import { readStory } from '../../../requests/story.ts';
import { takePassword } from '../../../requests/take-password.ts';
import { openUndo, sealReport } from '../../../requests/undo.ts';
import { readRequestPage, readRequestView } from '../../../requests/view.ts';
import { drawSamples } from '../../../upkeep/draw-samples.ts';
import { sweep } from '../../../upkeep/sweep.ts';
import type { Provider } from '../../../providers/provider.ts';
import { cutOffMassEndings } from '../../../upkeep/cut-off.ts';
import { ana, endedAll, lifted } from '../../requests/mass-ending.fixture.ts';
import { LOG_NAME, trusted } from '../../audit/log.fixture.ts';
import { publishAll } from '../../audit/published.fixture.ts';
import { lineDecided, reviewOpened } from '../../requests/reviews.fixture.ts';
import { memberFacts } from '../../core/account.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from '../../requests/requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  asked,
  attempt,
  extended,
  extensionStarted,
  granted,
  killedGrant,
  openedWithoutWorkflow,
  revoked,
  submitted,
} from '../../requests/steps.fixture.ts';
import { rowsOf } from '../ledger.fixture.ts';

// Each duty does its whole work with its own rights. A missing right is an error with the code 42501.

let fixture: RequestsFixture;
const ledgers = new Map<LedgerRole, Ledger>();
beforeAll(async () => {
  fixture = await startRequestsFixture();
  for (const role of LEDGER_ROLES) ledgers.set(role, openLedger(fixture.url, { role }));
});
afterAll(async () => {
  for (const ledger of ledgers.values()) await ledger.close();
  await fixture?.stop();
});

const ledgerOf = (role: LedgerRole): Ledger => ledgers.get(role) ?? fixture.ledger;
/** The fixture, with the rights of one duty. */
const as = (role: LedgerRole) => ({
  ...fixture,
  ledger: ledgerOf(role),
  deps: { ...fixture.deps, ledger: ledgerOf(role) },
});
const clickOf = <Kind extends 'deliver' | 'deny' | 'end'>(kind: Kind, request: RequestId) => ({
  ...{ id: clickIdOf(uuidv7()), kind, request, via: 'slack' as const, account: 'U0ANA' },
  ...{ person: 'ana' as PersonId, body: {} },
});
const end = (at: Instant) => ({ kind: 'end', by: 'ana' as PersonId, eligibility: NOT_ELIGIBLE, at }) as const;

describe('with exactly its rights', () => {
  test('the worker judges, decides every answer, and ends', async () => {
    const worker = as('worker');
    const request = await approvedWithoutWorkflow(worker);
    expect(await fixture.kinds(request)).toBe('requested judged approved grant-started');
    await answered(worker, request, { kind: 'end', by: 'ana' });
    for (const kind of ['deny', 'withdraw'] as const) {
      const other = await openedWithoutWorkflow(worker);
      await answered(worker, other, { kind: 'approve', by: 'ana' }); // refused
      await answered(worker, other, { kind: 'approve', by: 'ana' }); // the same refusal again
      await answered(worker, other, { kind, by: kind === 'deny' ? 'bo' : 'ana' });
      expect(await fixture.kinds(other)).toBe('requested judged refused closed');
    }
    const overdue = await openedWithoutWorkflow(worker);
    await fixture.shiftClock(9 * 3_600_000);
    await advance(worker.deps, { request: overdue, via: 'workflow' });
    await fixture.shiftClock(0);
    expect((await fixture.state(overdue)).kind).toBe('closed');
  });

  test('the gateway stores clicks, and the worker takes and decides them', async () => {
    const [gateway, worker] = [ledgerOf('gateway'), ledgerOf('worker')];
    const click = await gateway.writeClick(clickOf('deny', await openedWithoutWorkflow(fixture)), 'T1');
    expect(await gateway.writeClick({ ...click, id: clickIdOf(uuidv7()) }, 'T1')).toEqual(click);
    await refuseRequest(
      { ledger: gateway },
      { via: 'slack', account: 'U1', person: null },
      { code: 'reason-missing' },
    );
    expect(await worker.takeClicks(['deny'], 10, 1_000)).toEqual([]); // Slack did not say who that is.
    const unchecked = await gateway.takeUncheckedClicks(['deny'], 10, 1_000);
    expect(unchecked.map(({ id }) => id)).toEqual([click.id]);
    await gateway.storeAccountCheck(click.id, memberFacts(click.account));
    expect(await worker.readAccountCheck(click.id)).toBeDefined();
    expect((await worker.takeClicks(['deny'], 10, 1_000)).map(({ id }) => id)).toEqual([click.id]);
    await worker.storeOutcome(click.id, { kind: 'answered' });
    expect(await gateway.clickOutcome(click.id)).toEqual({ kind: 'answered' });
    const id = clickIdOf(uuidv7());
    await worker.acceptSubmission({ ...click, id, request: requestIdOf(id) });
    for (const wakeUp of await worker.takeWakeUps(100)) await worker.removeWakeUp(wakeUp);
  });

  test('the provider grants, revokes, and reports what it did without the ledger', async () => {
    const provider = as('provider');
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'login' });
    const { undo: sealed } = await granted(provider, request);
    await fixture.shiftClock(2 * 3_600_000);
    const lease = firstLease(request);
    const undo = openUndo(provider.deps, lease, sealed);
    const report = undo && sealReport(provider.deps, undo, Date.now() as Instant);
    await revokeLease(provider.deps, { lease, via: 'workflow', ...(report && { report }), ...attempt });
    await fixture.shiftClock(0);
    expect(await fixture.kinds(request)).toBe(
      'requested judged approved grant-started intended granted activated revoke-started undone revoked closed',
    );
    expect(await ledgerOf('provider').canWrite(lease)).toBe(true);
  });

  test('the provider notes for what a grant waits, and the cards are drawn again when the wait begins and when it ends (F31)', async () => {
    const [provider, courier] = [as('provider'), ledgerOf('courier')];
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'other' });
    const redraws = async () => {
      const taken = await courier.takeNotifications(1_000, 'redraw');
      for (const each of taken) await courier.markSent(each);
      return taken.filter((each) => each.request === request).length;
    };
    const shown = async () => (await readRequestView(as('courier').deps, request))?.wait?.kind;
    const sendNews = async () => {
      for (const each of await courier.takeNotifications(1_000, 'news')) await courier.markSent(each);
    };
    const log = {
      ...fixture.deps.log,
      publishedEvents: () => Promise.reject(new Fault('log-behind', 'nothing was published')),
    };
    const behind = { ...provider, deps: { ...provider.deps, log } as typeof provider.deps };
    await expect(granted(behind, request)).rejects.toMatchObject({ code: 'log-behind' });
    await sendNews();
    await sendNews();
    await sendNews();
    expect([await redraws(), await shown()]).toEqual([1, 'log']);
    await killedGrant(provider, request);
    await sendNews();
    expect([await redraws(), await shown()]).toEqual([1, undefined]);
    await granted(provider, request);
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    await revoked(fixture, request);
  });

  test('the sweeper notes a grant that nothing tried, and the cards say so (F31)', async () => {
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'other' });
    await fixture.shiftClock(61_000);
    expect(await ledgerOf('sweeper').noteUntriedGrants()).toContain(firstLease(request));
    expect((await readRequestView(as('courier').deps, request))?.wait?.kind).toBe('first-attempt');
    await fixture.shiftClock(0);
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    await revoked(fixture, request);
  });

  test('the provider records a grant that failed for good, and one that came too late', async () => {
    const provider = as('provider');
    const failed = await approvedWithoutWorkflow(fixture);
    const restore = await fixture.edit('people.yaml', 'id: ana,', 'id: ana, active: false,');
    await expect(granted(provider, failed)).rejects.toMatchObject({ code: 'no-longer-allowed' });
    await restore();
    expect((await fixture.state(failed)).kind).toBe('revoking');
    await expect(grantLease(provider.deps, { lease: firstLease(failed), ...attempt })).rejects.toMatchObject({
      code: 'superseded',
    });
    await revoked(provider, failed);
    expect((await fixture.state(failed)).kind).toBe('closed');
  });

  test('the worker opens, approves, denies and lapses an extension, and the provider carries it out', async () => {
    const [worker, provider] = [as('worker'), as('provider')];
    const request = await approvedWithoutWorkflow(worker, { length: '4h' });
    await granted(provider, request);
    for (const kind of ['deny', 'withdraw'] as const) {
      await asked(worker, request);
      await answered(worker, request, { kind, by: kind === 'deny' ? 'bo' : 'ana' });
    }
    await extensionStarted(worker, request);
    await extended(provider, request);
    expect(await fixture.kinds(request)).toMatch(
      /activated extension-requested extension-closed extension-requested extension-closed extension-requested extension-approved extension-started lease-extended extended$/,
    );
    const { endsAt } = (await fixture.ledger.leasesOf(request))[0] ?? {};
    expect(await fixture.state(request)).toMatchObject({ endsAt });
    await answered(worker, request, { kind: 'end', by: 'ana' });
    await revoked(provider, request);
  });

  test.each(['worker', 'provider', 'sweeper'] as const)(
    'the %s closes an extension that took too long, so that its access is verified',
    async (role) => {
      const request = await approvedWithoutWorkflow(fixture, { length: '4h' });
      await granted(fixture, request);
      await extensionStarted(fixture, request);
      await fixture.shiftClock(11 * 60_000);
      await advance(as(role).deps, { request, via: 'workflow' });
      await fixture.shiftClock(0);
      expect(await fixture.kinds(request)).toMatch(/extension-started extension-closed$/);
      const [lock] = await rowsOf<{ verify_at: Date | null }>(
        fixture.url,
        `select verify_at from provider_lock where key in (select lock_key from lease where request_id = $1)`,
        [request],
      );
      expect(lock?.verify_at).not.toBeNull();
      await answered(fixture, request, { kind: 'end', by: 'ana' });
      await revoked(fixture, request);
    },
  );

  test('the sweeper judges, lapses, voids, fails, revokes and verifies', async () => {
    const { deps } = as('sweeper');
    const [forgotten, overdue, stuck] = [
      await submitted(fixture),
      await openedWithoutWorkflow(fixture),
      await approvedWithoutWorkflow(fixture, { entitlement: 'other' }),
    ];
    const refused = await submitted(fixture, { reason: '' });
    await rowsOf(
      fixture.url,
      `update click set done_at = done_at - interval '1 hour' where request_id = any ($1)`,
      [[forgotten, refused]],
    );
    expect((await sweep(deps)).judged).toEqual(expect.arrayContaining([forgotten, refused]));
    expect(await fixture.kinds(refused)).toBe('refused');
    const active = await approvedWithoutWorkflow(fixture, { entitlement: 'login' });
    await granted(fixture, active);
    await fixture.shiftClock(9 * 3_600_000);
    const pass = [await sweep(deps), await sweep(deps)];
    await fixture.shiftClock(0);
    expect(
      pass.flatMap(({ failedRevocations, unverified }) => [...failedRevocations, ...unverified]),
    ).toEqual([]);
    for (const request of [overdue, stuck, active])
      expect((await fixture.state(request)).kind).toBe('closed');
    const left = await openedWithoutWorkflow(fixture);
    const restore = await fixture.edit('people.yaml', 'id: ana,', 'id: ana, active: false,');
    expect((await sweep(deps)).left).toContain(left);
    await restore();
  });

  test('the sweeper repairs what the provider shows and the ledger does not say', async () => {
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'top' });
    await granted(fixture, request);
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    await revoked(fixture, request);
    const lease = await ledgerOf('sweeper').readLease(firstLease(request));
    await ledgerOf('sweeper').doubt({ key: 'fake\nthing\nana' }, { afterMs: 0, lateMs: 60_000 });
    fixture.vendor.setLevel('ana', 'thing', 'write');
    expect([lease?.state, (await sweep(as('sweeper').deps)).unverified]).toEqual(['revoked', []]);
    expect(await fixture.kinds(request)).toMatch(/closed repaired$/);
  });

  test('the courier sends notifications and keeps where the cards are', async () => {
    const courier = ledgerOf('courier');
    const request = await openedWithoutWorkflow(fixture);
    for (const [count, notification] of (await courier.takeNotifications(1_000, 'news')).entries())
      await (count === 0 ? courier.retryLater(notification.id, 'x') : courier.markSent(notification));
    const claim = await courier.claimPlace(request, { place: 'channel' });
    expect(claim).toEqual({ until: expect.any(String) });
    expect(await courier.keepPlace(request, { place: 'channel', until: claim?.until ?? '' })).toBe(true);
    await courier.releasePlace(request, { place: 'channel', isUnknown: true });
    for (const ts of ['1', '2'])
      await courier.savePostedMessage(request, { place: 'channel', channel: 'C1', ts });
    expect(await courier.postedMessages(request)).toEqual([{ place: 'channel', channel: 'C1', ts: '2' }]);
    expect(await courier.addMessage(request, { place: 'found', channel: 'C1', ts: '9' })).toBe(true);
    const [late] = await courier.takeNotifications(1_000, 'news');
    if (late) {
      await courier.keepNotification(late);
      await courier.markSent({ ...late, tries: late.tries - 1 }); // The cards are drawn again.
    }
    expect(await courier.readClickBehind(request, 'open')).toMatchObject({ kind: 'request' });
  });

  test('the gateway stores when a person wants messages, and the courier sends them then', async () => {
    const [gateway, courier] = [ledgerOf('gateway'), ledgerOf('courier')];
    const request = await openedWithoutWorkflow(fixture);
    const preference = {
      timeZone: 'Europe/Lisbon',
      quiet: { from: 1320, to: 420 },
      digestAt: 540,
      weekly: false,
    };
    for (const each of [{ timeZone: 'UTC', weekly: true }, preference])
      await gateway.storeMessagePreference('bo' as PersonId, each);
    expect(await courier.readMessagePreference('bo' as PersonId)).toEqual(preference);
    await courier.deferMessage({
      person: 'bo' as PersonId,
      kind: 'decision',
      request,
      dueAt: await courier.now(),
    });
    const due = await courier.takeDeferredMessages();
    expect(due).toMatchObject([{ person: 'bo', kind: 'decision', request }]);
    await courier.markDeferredSent(due.map(({ id }) => id));
    expect(
      await courier.requestsApprovedBy('bo' as PersonId, { from: 0 as never, to: await courier.now() }),
    ).toEqual(expect.any(Array));
  });

  test('the worker decides a click for a password, and the gateway takes, shows and erases the password', async () => {
    const [gateway, worker] = [ledgerOf('gateway'), as('worker')];
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'login' });
    await granted(fixture, request);
    const lease = firstLease(request);
    const { id: click } = await gateway.writeClick({ ...clickOf('deliver', request), body: { lease } });
    await gateway.storeAccountCheck(click, memberFacts('U0ANA'));
    const [taken] = (await worker.ledger.takeClicks(['deliver'], 10, 1_000)) as Click<'deliver'>[];
    if (!taken) throw new Error('the click is not there');
    expect(await gateway.takeSecret({ lease, click })).toBeUndefined();
    const { outcome } = await decideClick(worker.deps, taken);
    await worker.ledger.storeOutcome(click, { kind: 'answered' });
    const { providers: describers, sealer } = fixture.deps;
    const password = await takePassword(
      { ledger: gateway, describers, openSecret: sealer.open },
      { lease, click },
    );
    expect([outcome.ok, password?.text]).toEqual([true, expect.stringContaining(lease)]);
    await gateway.eraseSecret({ lease, click });
    expect(await gateway.hasSecret(lease)).toBe(false);
  });

  test.each(['worker', 'courier', 'sweeper', 'cli', 'reader'] as const)(
    'the %s neither takes nor erases a password',
    async (role) => {
      const delivered = { lease: firstLease(requestIdOf(clickIdOf(uuidv7()))), click: clickIdOf(uuidv7()) };
      for (const act of ['takeSecret', 'eraseSecret'] as const)
        await expect(ledgerOf(role)[act](delivered)).rejects.toMatchObject({ code: '42501' });
    },
  );

  test('the worker decides a command for a password, and the command line takes, shows and erases the password', async () => {
    const [cli, worker] = [ledgerOf('cli'), as('worker')];
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'login' });
    await granted(fixture, request);
    const lease = firstLease(request);
    const sent = {
      ...clickOf('deliver', request),
      via: 'cli' as const,
      account: 'root as ana',
      body: { lease },
    };
    const { id: click } = await cli.writeClick(sent);
    const taken = (await worker.ledger.takeClicks(['deliver'], 10, 1_000)).find(({ id }) => id === click);
    const delivered = { lease, click, via: 'cli' } as const;
    expect(await cli.takeSecret(delivered)).toBeUndefined();
    const { outcome } = await decideClick(worker.deps, taken as Click<'deliver'>);
    await worker.ledger.storeOutcome(click, { kind: 'answered' });
    const { providers: describers, sealer } = fixture.deps;
    const password = await takePassword({ ledger: cli, describers, openSecret: sealer.open }, delivered);
    expect([outcome.ok, password?.text]).toEqual([true, expect.stringContaining(lease)]);
    expect(await ledgerOf('gateway').takeSecret({ lease, click })).toBeUndefined();
    await cli.eraseSecret(delivered);
    expect(await cli.hasSecret(lease)).toBe(false);
  });

  test.each(['worker', 'courier', 'sweeper', 'gateway', 'reader'] as const)(
    'the %s neither takes nor erases a password that was delivered at the command line',
    async (role) => {
      const lease = firstLease(requestIdOf(clickIdOf(uuidv7())));
      const delivered = { lease, click: clickIdOf(uuidv7()), via: 'cli' } as const;
      for (const act of ['takeSecret', 'eraseSecret'] as const)
        await expect(ledgerOf(role)[act](delivered)).rejects.toMatchObject({ code: '42501' });
    },
  );

  test.each(['gateway', 'courier', 'cli'] as const)('the %s reads what its screens show', async (role) => {
    const { deps, ledger } = as(role);
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'login' });
    await granted(fixture, request);
    expect(await readRequestView(deps, request)).toMatchObject({
      ...{ reason: expect.stringMatching(/^incident 4312/), secrets: [firstLease(request)] },
    });
    expect((await readRequestPage(deps, { requester: 'ana' as PersonId })).count).toBeGreaterThan(0);
    expect(await ledger.countOpenRequests('ana' as PersonId)).toBeGreaterThan(0);
  });

  test('the gateway answers questions about access', async () => {
    const { deps } = as('gateway');
    const request = await openedWithoutWorkflow(fixture);
    const [nobody, part] = [new Set<never>(), { from: 0, most: 5 }];
    const sight = {
      reader: 'ada' as PersonId,
      isAuditor: true,
      isSecurity: false,
      owns: nobody,
      approves: nobody,
      manages: nobody,
    };
    const story = await readStory(deps, sight, request.slice(-10));
    expect(story).toMatchObject({ ok: true, value: { request } });
    await answered(fixture, request, { kind: 'approve', by: 'ana' });
    const { pending, refused } = await readAuditorOverview(deps, 5);
    expect(Math.min(pending.count, refused.count)).toBeGreaterThan(0);
    expect(await readHolders(deps, sight, 'thing', part)).toMatchObject({ ok: true });
    expect(await readAccessOf(deps, sight, 'ana', part)).toMatchObject({ ok: true });
    expect(
      (await readOwnRequests(deps, 'ana' as PersonId, { open: 9, closed: 9 })).open.count,
    ).toBeGreaterThan(0);
    await readLiveAccess(deps, { ...sight, isAuditor: false }, part);
  });

  test('the command line stores clicks of its own, finds requests, and examines the ledger', async () => {
    const cli = ledgerOf('cli');
    const request = await openedWithoutWorkflow(fixture);
    const click = { ...clickOf('end', request), via: 'cli' as const };
    expect(await cli.writeClick(click)).toEqual(click);
    await expect(cli.writeClick(clickOf('end', request))).rejects.toMatchObject({ code: '42501' });
    const wanted = { ...clickOf('deliver', request), via: 'cli' as const };
    expect(await cli.writeClick(wanted)).toEqual(wanted);
    expect(await cli.requestsEndingIn(request.slice(-10))).toEqual([request]);
    expect(await cli.backlog()).toMatchObject({ clicks: expect.any(Number) });
    await cli.overdueLeases();
  });

  test('the reader reads trails and lists, and no reason of a person', async () => {
    const reader = ledgerOf('reader');
    const request = await openedWithoutWorkflow(fixture);
    expect(await reader.readTrail(request)).toHaveLength(2);
    expect(await reader.listRequests({})).not.toEqual([]);
    await expect(reader.readFreeText(request)).rejects.toMatchObject({ code: '42501' });
  });
});

test('a provider’s process cannot record an approval, also when it asks the ledger to (I20)', async () => {
  const request = await openedWithoutWorkflow(fixture);
  await expect(answered(as('provider'), request, { kind: 'approve', by: 'bo' })).rejects.toMatchObject({
    code: '42501',
  });
  await expect(
    ledgerOf('gateway').record({ request, name: 'x', via: 'slack', command: (_state, at) => end(at) }),
  ).rejects.toMatchObject({ code: '42501' });
  expect(await fixture.kinds(request)).toBe('requested judged');
});

test('the worker opens a review and decides its lines, the sweeper draws its sample, and others read it', async () => {
  const restore = await fixture.edit('catalogue.yaml', 'security:', 'auditors: [person:dee]\nsecurity:');
  const request = await approvedWithoutWorkflow(fixture);
  await granted(fixture, request);
  const { id, outcome } = await reviewOpened(as('worker'), { wanted: 1, scope: { person: ['ana'] } });
  expect(outcome).toEqual({ ok: true, value: [] });
  await publishAll(fixture.ledger);
  expect(await drawSamples({ ...as('sweeper'), log: logAccess([]) })).toEqual({ drawn: [id], problems: [] });
  for (const role of ['worker', 'courier', 'cli', 'console'] as const) {
    expect((await ledgerOf(role).readReview(id))?.lines).toBe(1);
    expect(await ledgerOf(role).reviewLines(id)).toHaveLength(1);
  }
  const [line] = await ledgerOf('console').reviewLines(id);
  if (!line) throw new Error('the sample has no line');
  const object = { by: 'cy', kind: 'object', note: 'no' } as const;
  expect((await lineDecided(as('worker'), id, line.id, object)).outcome).toEqual({ ok: true, value: [] });
  for (const role of ['cli', 'console'] as const)
    expect([...(await ledgerOf(role).objectionReasons(id)).values()]).toEqual(['no']);
  expect((await ledgerOf('courier').reviewsToTell()).map((each) => each.id)).toEqual([id]);
  await restore();
});

test.each(['cli', 'console'] as const)('the role %s reads how each part of Curfew is', async (role) => {
  await publishAll(fixture.ledger);
  const ledger = ledgerOf(role);
  const log = { name: LOG_NAME, publicKeys: trusted.map(({ text }) => text), keys: [] };
  const found = await Promise.all([
    examineLedger(ledger),
    examineLog(ledger, log),
    examineStream(ledger),
    examineLocks({ ...fixture.deps, ledger }),
  ]);
  expect(found.flat().filter(({ state }) => state === 'broken')).toEqual([]);
});

describe('a mass ending, with exactly their rights', () => {
  test('the worker ends everything of a scope and lifts locks, and the others see it and carry it out', async () => {
    const [worker, provider, sweeper] = [as('worker'), as('provider'), as('sweeper')];
    const request = await approvedWithoutWorkflow(worker);
    await granted(provider, request);
    const { outcome, massEnding } = await endedAll(worker, ana);
    expect(outcome.ok).toBe(true);
    for (const role of ['gateway', 'courier', 'cli'] as const) {
      expect((await ledgerOf(role).recentMassEndings([])).map(({ id }) => id)).toContain(massEnding);
      expect((await ledgerOf(role).massEndingProgress(massEnding)).ended).toBeGreaterThan(0);
      expect((await ledgerOf(role).readScope(ana, 5)).total).toBe(0);
    }
    const fake = fixture.deps.providers.get('fake') as Provider;
    const cutOff: NonNullable<Provider['cutOff']> = async ({ beforeChange }) => {
      await beforeChange(['Activate key 1.']);
      return { seen: 'all of it', again: [] };
    };
    const providers = new Map([...fixture.deps.providers, ['fake', { ...fake, cutOff }]]);
    expect(await cutOffMassEndings({ ...sweeper.deps, providers })).toEqual(['fake: all of it']);
    await revoked(provider, request);
    for (const by of ['dee', 'eli']) expect((await lifted(worker, massEnding, by)).outcome.ok).toBe(true);
    expect(await ledgerOf('cli').readLocks()).toEqual([]);
  });

  test('whoever records something in a locked scope ends the request first (I18)', async () => {
    const [first, second] = [await approvedWithoutWorkflow(fixture), await openedWithoutWorkflow(fixture)];
    const id = `end_${'1'.repeat(26)}` as MassEndingId;
    await ledgerOf('worker').writeMassEnding({
      ...{ id, scope: ana, by: 'dee' as PersonId, reason: 'a stolen laptop', needs: 2 },
    });
    await expect(granted(as('provider'), first)).rejects.toMatchObject({ code: 'superseded' });
    expect((await fixture.state(first)).kind).toBe('revoking');
    expect((await sweep(as('sweeper').deps)).massEnded).toEqual([second]);
    for (const by of ['dee', 'eli']) await lifted(as('worker'), id, by);
  });
});

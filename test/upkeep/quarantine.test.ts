import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type Instant,
  type LeaseId,
  type PersonId,
  type RequestId,
  requestIdOfLease,
} from '../../core/ids.ts';
import { accessKey } from '../../manifest/due.ts';
import { readManifest } from '../../manifest/read.ts';
import { sign } from '../../manifest/signature.ts';
import { accountActingAs } from '../../requests/acting-as.ts';
import type { Deps } from '../../requests/deps.ts';
import { laterEndOf } from '../../requests/later-end.ts';
import { freshMemory } from '../../requests/manifest-access.ts';
import { assertNoQuarantine } from '../../requests/quarantine.ts';
import { planDigest } from '../../requests/quarantine-plan.ts';
import type { Provider } from '../../providers/provider.ts';
import { revokeLost, sweep } from '../../upkeep/sweep.ts';
import { type Backup, backUp } from '../ledger/restore.fixture.ts';
import { entryOf, foreign, never, ours } from '../manifest/manifest.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from '../requests/requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  asked,
  extended,
  extensionStarted,
  granted,
  openedWithoutWorkflow,
  revoked,
} from '../requests/steps.fixture.ts';

const MINUTE = 60_000;

let fixture: RequestsFixture;
let backups: Backup[];
beforeEach(async () => {
  backups = [];
  fixture = await startRequestsFixture();
});
afterEach(async () => {
  await fixture.stop();
  for (const each of backups) await each.drop();
});

const backedUp = async (): Promise<Backup> => {
  const backup = await backUp(fixture.url);
  backups.push(backup);
  return backup;
};
const sweepAt = async (ms: number) => {
  await fixture.shiftClock(ms);
  return sweep(fixture.deps);
};
const active = async (entitlement = 'thing', length = '1h'): Promise<RequestId> => {
  const request = await approvedWithoutWorkflow(fixture, { entitlement, length });
  await granted(fixture, request);
  return request;
};
const ended = async (request: RequestId) => {
  await answered(fixture, request, { kind: 'end', by: 'ana' });
  await revoked(fixture, request);
};
const quarantine = () => fixture.ledger.readQuarantine();
const lines = async () => ((await quarantine())?.plan ?? []).map(({ lease, kind }) => [lease, kind] as const);
/** Somebody ends the quarantine with the plan of this moment, or with another digest. Returns why it was refused. */
async function endQuarantine(by: string, digest?: string): Promise<string | undefined> {
  const open = await quarantine();
  const id = `answer_${Math.random()}`;
  await fixture.ledger.writeQuarantineAnswer({
    id,
    quarantine: open?.id ?? 0,
    account: accountActingAs('tester', by),
    person: by as PersonId,
    planDigest: digest ?? planDigest(open?.plan ?? []),
  });
  await sweep(fixture.deps);
  return (await fixture.ledger.quarantineAnswerOutcome(id))?.refusal;
}
/** A process that starts now. */
const newProcess = (): Deps => {
  const { manifest } = fixture.deps;
  return { ...fixture.deps, ...(manifest && { manifest: { ...manifest, memory: freshMemory() } }) };
};

describe('a ledger that was restored from an older state (I25, F37)', () => {
  test('goes into quarantine with the reason, and stays there after a restart of every process', async () => {
    await active();
    const backup = await backedUp();
    await active('other');
    await backup.restore();
    const { problems } = await sweep(fixture.deps);
    expect(problems).toEqual([
      expect.stringMatching(/^the ledger is in quarantine: the serial 2 was given out/),
    ]);
    expect(await quarantine()).toMatchObject({
      reason: 'the serial 2 was given out, and the last one that the ledger knows is 1',
      ledgerSerial: 1,
      manifestSerial: 2,
    });
    expect((await sweep(newProcess())).problems).toEqual(problems);
    await expect(assertNoQuarantine(fixture.ledger)).rejects.toMatchObject({
      code: 'quarantine',
      retry: true,
    });
  });

  test('a process that was just started compares them before its first grant (F05)', async () => {
    const waiting = await approvedWithoutWorkflow(fixture, { entitlement: 'other' });
    const backup = await backedUp();
    await active();
    await backup.restore();
    const started = { ...fixture, deps: newProcess() };
    await expect(granted(started, waiting)).rejects.toMatchObject({ code: 'quarantine' });
    expect(fixture.levelOf('other')).toBe('none');
  });

  test('a process that runs on notices it with its next write, before the grant (F05)', async () => {
    const waiting = await approvedWithoutWorkflow(fixture, { entitlement: 'other' });
    const backup = await backedUp();
    for (let count = 0; count < 3; count += 1) await ended(await active());
    await backup.restore();
    await expect(granted(fixture, waiting)).rejects.toMatchObject({ code: 'quarantine' });
    expect(fixture.levelOf('other')).toBe('none');
  });

  test.each([
    ['the same lease', (waiting: RequestId) => Promise.resolve(waiting)],
    ['another lease of the same access', () => approvedWithoutWorkflow(fixture)],
  ] as const)(
    'a process that compared them a moment ago takes no access for prior state that a lost grant of %s gave (F05, I5)',
    async (_which, lostOf) => {
      const waiting = await approvedWithoutWorkflow(fixture);
      const [running, other] = [newProcess(), newProcess()];
      await granted(
        { ...fixture, deps: running },
        await approvedWithoutWorkflow(fixture, { entitlement: 'other' }),
      );
      const lost = await lostOf(waiting);
      const backup = await backedUp();
      await granted({ ...fixture, deps: other }, lost);
      await backup.restore();
      await expect(granted({ ...fixture, deps: running }, waiting)).rejects.toMatchObject({
        code: 'quarantine',
      });
      expect(await fixture.kinds(waiting)).not.toContain('intended');
      await sweepAt(61 * MINUTE);
      expect(fixture.levelOf()).toBe('none');
    },
  );

  test('grants, extensions, approvals and new requests are refused, and people read why (I14)', async () => {
    const [live, pending] = [await active(), await openedWithoutWorkflow(fixture, { entitlement: 'other' })];
    const backup = await backedUp();
    await active('other');
    await backup.restore();
    await sweep(fixture.deps);
    const refused = { outcome: { ok: false, error: { code: 'quarantine' } } };
    expect(await answered(fixture, pending, { kind: 'approve', by: 'bo' })).toMatchObject(refused);
    expect(await asked(fixture, live)).toMatchObject(refused);
    const request = await openedWithoutWorkflow(fixture, { entitlement: 'top' });
    expect(await fixture.kinds(request)).toBe('refused');
    expect(await fixture.state(live)).toMatchObject({ kind: 'active' });
  });

  test('an extension that was approved before the restore is not carried out', async () => {
    const live = await active();
    await extensionStarted(fixture, live);
    const backup = await backedUp();
    await active('other');
    await backup.restore();
    await sweep(fixture.deps);
    await expect(extended(fixture, live)).rejects.toMatchObject({ code: 'quarantine' });
    expect(fixture.providerControl.countOf('moveEnd')).toBe(0);
  });

  test('ends that are due go on, with their receipts (I3)', async () => {
    const due = await active();
    const backup = await backedUp();
    await active('other', '8h');
    await backup.restore();
    await sweep(fixture.deps);
    const { revoked: done } = await sweepAt(61 * MINUTE);
    expect(done).toEqual([firstLease(due)]);
    expect(await fixture.kinds(due)).toMatch(/revoked closed$/);
    expect(fixture.levelOf()).toBe('none');
    expect(fixture.levelOf('other')).toBe('write');
  });
});

describe('a lease that only the manifest knows', () => {
  test('ends at the end that the manifest has, without a person, and leaves what was there before (I5)', async () => {
    fixture.vendor.setLevel('ana', 'thing', 'read');
    const backup = await backedUp();
    const lost = await active();
    await backup.restore();
    await sweep(fixture.deps);
    expect(await lines()).toEqual([[firstLease(lost), 'unknown']]);
    await sweepAt(59 * MINUTE);
    expect(fixture.levelOf()).toBe('write');
    const { revoked: done } = await sweepAt(61 * MINUTE);
    expect(done).toEqual([firstLease(lost)]);
    expect(fixture.levelOf()).toBe('read');
    const { manifest } = fixture.deps;
    expect(
      manifest && (await readManifest(manifest.store, manifest.publicKeys, never)).entries,
    ).toMatchObject([{ lease: firstLease(lost), state: 'over' }]);
    expect((await sweepAt(62 * MINUTE)).revoked).toEqual([]);
  });

  test('keeps its access when a known lease of the same access ends (I6)', async () => {
    const known = await active('look', '1h');
    const backup = await backedUp();
    const lost = await active('thing', '4h');
    await backup.restore();
    await sweep(fixture.deps);
    await sweepAt(62 * MINUTE);
    expect(await fixture.kinds(known)).toMatch(/revoked closed$/);
    expect(fixture.levelOf()).toBe('write');
    await sweepAt(241 * MINUTE);
    expect(await lines()).toEqual([[firstLease(lost), 'unknown']]);
    expect(fixture.levelOf()).toBe('none');
  });

  test('leaves the level of a known lease that has not ended (I6)', async () => {
    await active('look', '8h');
    const backup = await backedUp();
    await active('thing', '1h');
    await backup.restore();
    await sweep(fixture.deps);
    await sweepAt(61 * MINUTE);
    expect(fixture.levelOf()).toBe('read');
  });

  test('is not taken for prior state by a grant after the quarantine (I5)', async () => {
    const backup = await backedUp();
    await active();
    await backup.restore();
    await sweep(fixture.deps);
    expect(await endQuarantine('dee')).toBeUndefined();
    const next = await approvedWithoutWorkflow(fixture, { entitlement: 'look', length: '4h' });
    await expect(granted(fixture, next)).rejects.toMatchObject({
      code: 'quarantine',
      message: expect.stringContaining('was lost when the ledger was restored'),
    });
    await sweepAt(61 * MINUTE);
    expect(fixture.levelOf()).toBe('none');
  });

  describe.each([
    ['of which the ledger has the request', () => openedWithoutWorkflow(fixture)],
    ['of which the ledger has nothing', () => Promise.resolve(undefined)],
  ] as const)('%s', (_which, before) => {
    const lostNow = async (): Promise<RequestId> => {
      const opened = await before();
      const backup = await backedUp();
      const request = opened ?? (await openedWithoutWorkflow(fixture));
      await answered(fixture, request, { kind: 'approve', by: 'bo' });
      await granted(fixture, request);
      await backup.restore();
      return request;
    };
    test('ends when somebody ends it, also before anybody knew that it is lost (I3, I25)', async () => {
      const lost = await lostNow();
      await answered(fixture, lost, { kind: 'end', by: 'ana' });
      expect(fixture.levelOf()).toBe('write');
      await sweep(fixture.deps);
      expect((await revokeLost(fixture.deps)).revoked).toEqual([firstLease(lost)]);
      expect(fixture.levelOf()).toBe('none');
    });

    test('goes on to its end when somebody was refused who may not end it', async () => {
      const lost = await lostNow();
      await answered(fixture, lost, { kind: 'approve', by: 'bo' });
      await sweep(fixture.deps);
      expect((await revokeLost(fixture.deps)).revoked).toEqual([]);
      expect(fixture.levelOf()).toBe('write');
    });
  });

  test('ends with its request, when that is closed without a grant that the ledger knows (I4)', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const backup = await backedUp();
    await answered(fixture, request, { kind: 'approve', by: 'bo' });
    await granted(fixture, request);
    await backup.restore();
    await sweep(fixture.deps);
    await answered(fixture, request, { kind: 'withdraw', by: 'ana' });
    expect(await fixture.kinds(request)).toMatch(/closed$/);
    await revokeLost(fixture.deps);
    expect(fixture.levelOf()).toBe('none');
  });

  test('that cannot be ended is tried again after a pause that grows to a minute (F32)', async () => {
    const backup = await backedUp();
    await active();
    await backup.restore();
    await sweep(fixture.deps);
    fixture.providerControl.failFrom('ensureAbsent');
    const triedAt: number[] = [];
    for (let second = 0; second < 200; second += 1) {
      await fixture.shiftClock(61 * MINUTE + second * 1_000);
      if ((await revokeLost(fixture.deps)).failedRevocations.length > 0) triedAt.push(second);
    }
    const pauses = triedAt.slice(1).map((second, index) => second - (triedAt[index] ?? 0));
    expect(pauses[0]).toBeGreaterThanOrEqual(4);
    expect(Math.max(...pauses)).toBeGreaterThan(30);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(61);
  });

  test('is one of many: no more are ended at the same time than the provider allows (F31)', async () => {
    await sweep(fixture.deps);
    const entries = Array.from({ length: 40 }, (_each, index) =>
      entryOf({
        lease: `lease_${String(index).padStart(26, '0')}_0` as LeaseId,
        serial: 1,
        targetKey: 'thing',
        spec: { resource: 'thing', level: 'write' },
        subject: { id: `id-${index}`, name: `name-${index}` },
        endsAt: (Date.now() - MINUTE) as Instant,
      }),
    );
    const plan = entries.map((entry) => ({
      lease: entry.lease,
      request: requestIdOfLease(entry.lease),
      kind: 'unknown' as const,
      entry,
      signed: sign(entry, ours.privateKey),
      accessKey: accessKey(entry),
      endsAt: entry.endsAt,
    }));
    await fixture.ledger.quarantine({ reason: 'a restore', ledgerSerial: 0, manifestSerial: 1, plan });
    let [now, most] = [0, 0];
    let meet: () => void = () => undefined;
    const threeRun = new Promise<void>((resolve) => (meet = resolve));
    const ensureAbsent: Provider['ensureAbsent'] = async () => {
      most = Math.max(most, (now += 1));
      if (now === 3) meet();
      await threeRun;
      await fixture.ledger.now();
      now -= 1;
      return { level: 'none', seen: 'nothing is left' };
    };
    const fake = { ...(fixture.deps.providers.get('fake') as Provider), ensureAbsent, mostAtOnce: 3 };
    const { revoked: done } = await revokeLost({ ...fixture.deps, providers: new Map([['fake', fake]]) });
    expect(done).toHaveLength(40);
    expect(most).toBe(3);
  });

  test('whose approval the ledger knows, and not its grant, ends with the prior state of the manifest (I5)', async () => {
    fixture.vendor.setLevel('ana', 'thing', 'read');
    const request = await approvedWithoutWorkflow(fixture);
    const backup = await backedUp();
    await granted(fixture, request);
    await backup.restore();
    await sweep(fixture.deps);
    expect(await lines()).toEqual([[firstLease(request), 'not-granted']]);
    expect(fixture.levelOf()).toBe('write');
    await ended(request);
    expect(await fixture.kinds(request)).toMatch(/revoked closed$/);
    expect(fixture.levelOf()).toBe('read');
  });
});

describe('a lease with a later end in the manifest', () => {
  const extendedThenRestored = async (): Promise<RequestId> => {
    const request = await active();
    const backup = await backedUp();
    await extensionStarted(fixture, request);
    await extended(fixture, request);
    await backup.restore();
    await sweep(fixture.deps);
    return request;
  };

  test('keeps its access until the later end (F37)', async () => {
    const request = await extendedThenRestored();
    expect(await lines()).toEqual([[firstLease(request), 'later-end']]);
    const { failedRevocations } = await sweepAt(75 * MINUTE);
    expect(failedRevocations).toEqual([]);
    expect(fixture.levelOf()).toBe('write');
    expect(await fixture.state(request)).toMatchObject({ kind: 'active' });
    await sweepAt(92 * MINUTE);
    expect(await fixture.kinds(request)).toMatch(/revoke-started revoked closed$/);
    expect(fixture.levelOf()).toBe('none');
  });

  test('can still be ended early by its requester', async () => {
    const request = await extendedThenRestored();
    await ended(request);
    expect(fixture.levelOf()).toBe('none');
  });

  test('has it in the ledger once the quarantine is ended, and the trail says who adopted it', async () => {
    const request = await extendedThenRestored();
    const laterEnd = (await quarantine())?.plan[0]?.endsAt;
    expect(await endQuarantine('dee')).toBeUndefined();
    expect(await fixture.state(request)).toMatchObject({ kind: 'active', endsAt: laterEnd });
    expect((await fixture.ledger.readTrail(request)).at(-1)?.event).toMatchObject({
      kind: 'end-adopted',
      by: 'dee',
      endsAt: laterEnd,
    });
    expect((await fixture.ledger.readLease(firstLease(request)))?.endsAt).toBe(laterEnd);
    await sweepAt(75 * MINUTE);
    expect(fixture.levelOf()).toBe('write');
    await sweepAt(92 * MINUTE);
    expect(fixture.levelOf()).toBe('none');
  });
});

describe('a plan that somebody wrote into the ledger without the key of the manifest (T24)', () => {
  /** The access of an active request gets an end of three hours in a plan, with the signature of this key. */
  async function forgedPlan(key: typeof ours): Promise<RequestId> {
    const request = await active();
    const lease = firstLease(request);
    const endsAt = (Date.now() + 180 * MINUTE) as Instant;
    const entry = entryOf({ lease, serial: 9, endsAt });
    await fixture.ledger.quarantine({
      ...{ reason: 'forged', ledgerSerial: 1, manifestSerial: 9 },
      plan: [
        {
          ...{ lease, request, kind: 'later-end', entry, accessKey: 'key', endsAt },
          signed: sign(entry, key.privateKey),
        },
      ],
    });
    return request;
  }

  test.each<[string, typeof ours, string]>([
    ['does not keep access beyond its end', foreign, 'none'],
    ['keeps it when a key of the manifest signed it', ours, 'write'],
  ])('a later end %s', async (_what, key, level) => {
    await forgedPlan(key);
    await sweepAt(62 * MINUTE);
    expect(fixture.levelOf()).toBe(level);
  });

  test('is not adopted when the quarantine is ended', async () => {
    const request = await forgedPlan(foreign);
    expect(await endQuarantine('dee')).toBeUndefined();
    expect(await fixture.kinds(request)).not.toContain('end-adopted');
  });

  test('a worker that cannot verify it leaves the end to the sweeper, and a sweeper without the manifest takes no later end', async () => {
    const request = await forgedPlan(ours);
    const { ledger } = fixture;
    expect(await laterEndOf({ ledger }, { request, via: 'workflow' })).toBeDefined();
    expect(await laterEndOf({ ledger }, { request, via: 'sweeper' })).toBeUndefined();
  });
});

describe('the end of a quarantine', () => {
  const restored = async (): Promise<void> => {
    const backup = await backedUp();
    await active();
    await backup.restore();
    await sweep(fixture.deps);
  };

  test('somebody of security ends it: grants work again, and no later pass enters it without a new reason', async () => {
    await restored();
    expect(await endQuarantine('dee')).toBeUndefined();
    expect(await quarantine()).toBeUndefined();
    const request = await active('other');
    expect(fixture.levelOf('other')).toBe('write');
    expect((await sweep(fixture.deps)).problems).toEqual([]);
    await sweep(newProcess());
    expect(await quarantine()).toBeUndefined();
    await ended(request);
    await sweepAt(62 * MINUTE);
    expect((await sweep(fixture.deps)).problems).toEqual([]);
    expect(await quarantine()).toBeUndefined();
  });

  test('another restore is a new reason', async () => {
    await restored();
    await endQuarantine('dee');
    const backup = await backedUp();
    const lost = await active('other');
    await backup.restore();
    await sweep(fixture.deps);
    expect(await lines()).toEqual([[firstLease(lost), 'unknown']]);
  });

  test.each<[who: string, by: string, digest: string | undefined, why: string]>([
    ['an approver', 'bo', undefined, 'only the security people may: person:dee, person:eli'],
    ['a person who saw another plan', 'dee', 'f'.repeat(64), 'the plan is another one now. Look at it again'],
  ])('%s does not end it', async (_who, by, digest, why) => {
    await restored();
    expect(await endQuarantine(by, digest)).toBe(why);
    expect(await quarantine()).toBeDefined();
  });

  test('nobody ends it while the manifest cannot be read, because the plan may not be the whole one', async () => {
    await restored();
    const open = await quarantine();
    const { manifest } = fixture.deps;
    const list = () => Promise.reject(new Error('down'));
    const deps = {
      ...fixture.deps,
      ...(manifest && { manifest: { ...manifest, store: { ...manifest.store, list } } }),
    };
    await fixture.ledger.writeQuarantineAnswer({
      id: 'answer_1',
      quarantine: open?.id ?? 0,
      account: accountActingAs('tester', 'dee'),
      person: 'dee' as PersonId,
      planDigest: planDigest(open?.plan ?? []),
    });
    await sweep(deps);
    expect(await fixture.ledger.quarantineAnswerOutcome('answer_1')).toBeUndefined();
    expect(await quarantine()).toBeDefined();
    await sweep(fixture.deps);
    expect(await quarantine()).toBeUndefined();
  });

  test('what was over before the restore is revoked again, and closed', async () => {
    const request = await active();
    const backup = await backedUp();
    await ended(request);
    await backup.restore();
    await sweep(fixture.deps);
    expect(await lines()).toEqual([[firstLease(request), 'ended-before']]);
    expect(await fixture.state(request)).toMatchObject({ kind: 'active' });
    await endQuarantine('dee');
    await revoked(fixture, request);
    expect(await fixture.state(request)).toMatchObject({
      kind: 'closed',
      ending: { kind: 'voided', why: 'it was over before the ledger was restored from an older state' },
    });
  });
});

test('while nothing was restored, no pass enters a quarantine: grants, extensions that fail, receipts, a slow store', async () => {
  const request = await active();
  await extensionStarted(fixture, request);
  fixture.providerControl.failFrom('moveEnd', 'provider-refused');
  await expect(extended(fixture, request)).rejects.toMatchObject({ code: 'provider-refused' });
  await sweep(fixture.deps);
  await ended(await active('other'));
  expect((await sweep(newProcess())).problems).toEqual([]);
  expect(await quarantine()).toBeUndefined();
});

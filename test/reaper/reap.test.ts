import { describe, expect, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import type { Remover } from '../../providers/provider.ts';
import { isComplete, type Report } from '../../reaper/report.ts';
import { openThrottles } from '../../reaper/throttles.ts';
import { verifiedEnds } from '../../reaper/verified.ts';
import { entryName, type ManifestEntry } from '../../manifest/entry.ts';
import { readManifest } from '../../manifest/read.ts';
import { entryOf, foreign, never, ours } from '../manifest/manifest.fixture.ts';
import { newLease } from '../providers/conformance/harness.fixture.ts';
import { changesAt, leaseOf, secondsAfterNoon, SHORT, world } from './reaper.fixture.ts';

const kinds = ({ outcomes }: Report): readonly string[] => outcomes.map(({ kind }) => kind).sort();
const hang = () => new Promise<never>(() => undefined);

/** A world in which ana's lease is over, with an object at the vendor and an entry in the manifest. */
async function due() {
  const all = world();
  const lease = leaseOf();
  await all.grant(lease);
  await all.write(lease);
  return { ...all, lease };
}

/** Another provider, whose calls are these. */
const otherProvider = (calls: Partial<Remover>): readonly [string, Remover] => [
  'other',
  { ...(world().provider as Remover), name: 'other', clocks: () => Promise.resolve([]), ...calls },
];

describe('a pass of the reaper', () => {
  test('ends what the object says, and says so (F07, I3)', async () => {
    const all = await due();
    const report = await all.reap();
    expect(all.vendor.levelOf('ana', 'orders')).toBe('none');
    expect([isComplete(report), report.warnings]).toEqual([true, []]);
    expect(report.outcomes[0]).toMatchObject({
      kind: 'ended',
      provider: 'fake',
      leases: [all.lease.lease],
      what: 'orders of ana',
    });
  });

  test('ends what only the manifest knows, down to standing access (I5)', async () => {
    const all = world();
    const lease = leaseOf({ level: 'admin' });
    all.vendor.setLevel('ana', 'orders', 'read');
    await all.grant(lease);
    await all.write(lease, { prior: 'read' });
    all.unmark(lease);
    expect(kinds(await all.reap())).toEqual(['ended']);
    expect(all.vendor.levelOf('ana', 'orders')).toBe('read');
  });

  test('ends what an object says where no manifest is configured', async () => {
    const all = await due();
    const { readManifest: _none, ...deps } = { readManifest: undefined };
    const report = await all.reap({ ...deps, removers: new Map([['fake', all.provider as Remover]]) });
    expect([kinds(report)[0], all.vendor.levelOf('ana', 'orders')]).toEqual(['ended', 'none']);
  });

  test('finds nothing to do the second time, and changes nothing', async () => {
    const all = await due();
    await all.reap();
    const before = changesAt(all).length;
    const report = await all.reap();
    expect([isComplete(report), changesAt(all).length]).toEqual([true, before]);
  });

  test('shows with --dry-run what it would end, and changes nothing', async () => {
    const all = await due();
    const before = all.vendor.log.read().length;
    const report = await all.reap({ dryRun: true });
    expect(new Set(kinds(report))).toEqual(new Set(['would-end']));
    expect(all.vendor.log.read().length).toBe(before);
  });

  test('leaves an account that was deleted and created again under the same name (F24, I5)', async () => {
    const all = await due();
    all.vendor.deleteAccount('ana');
    all.vendor.makeAccount('ana');
    all.vendor.setLevel('ana', 'orders', 'admin');
    expect(kinds(await all.reap())).toEqual(['ended']);
    expect(all.vendor.levelOf('ana', 'orders')).toBe('admin');
  });
});

describe('an access that is not down to what must remain', () => {
  test('because somebody gave a role that no ladder has, is left with the reason, and is tried again (I3)', async () => {
    const all = await due();
    all.unmark(all.lease);
    let calls = 0;
    const remover: Remover = {
      ...(all.provider as Remover),
      ensureAbsent: () => {
        calls += 1;
        return Promise.resolve({ level: 'deployer', seen: 'ana has deployer on orders' });
      },
    };
    const deps = { removers: new Map([['fake', remover]]), verified: verifiedEnds() };
    for (const pass of [1, 2]) {
      const report = await all.reap(deps);
      expect([report.outcomes, isComplete(report), calls]).toEqual([
        [expect.objectContaining({ kind: 'left', why: 'ana has deployer on orders' })],
        false,
        pass,
      ]);
    }
  });

  test('because its lease has two objects, has both ended', async () => {
    const all = world();
    const { lease, endsAt } = leaseOf();
    const ended: string[] = [];
    const remover: Remover = {
      ...(all.provider as Remover),
      listManaged: () =>
        Promise.resolve(
          ['orders', 'orders', 'orders-replica'].map((what) => ({ lease, subject: 'ana', what, endsAt })),
        ),
      endManaged: ({ what }) => {
        ended.push(what);
        return Promise.resolve({ level: 'none', seen: 'gone' });
      },
    };
    await all.reap({ removers: new Map([['fake', remover]]) });
    expect(ended.sort()).toEqual(['orders', 'orders-replica']);
  });

  test.each<[string, number | undefined]>([
    ['that shows no end', undefined],
    ['whose end somebody moved to later', 3_600],
  ])('is ended as the manifest says, although it is an object %s (I3)', async (_what, seconds) => {
    const all = world();
    const lease = leaseOf();
    await all.write(lease);
    const ended: string[] = [];
    const object = { lease: lease.lease, subject: 'ana', what: 'orders' };
    const remover: Remover = {
      ...(all.provider as Remover),
      ownObject: () => true,
      listManaged: () =>
        Promise.resolve([{ ...object, ...(seconds !== undefined && { endsAt: secondsAfterNoon(seconds) }) }]),
      ensureAbsent: (intent) => {
        ended.push(intent.lease);
        return Promise.resolve({ level: 'none', seen: 'gone' });
      },
    };
    await all.reap({ removers: new Map([['fake', remover]]) });
    expect(ended).toEqual([lease.lease]);
  });
});

describe('what does not count or cannot be read', () => {
  test('an object of the manifest that somebody else signed ends nothing, and is named', async () => {
    const all = world();
    const lease = leaseOf({ endsAt: secondsAfterNoon(3_600) });
    await all.grant(lease);
    await all.write(lease, { endsAt: secondsAfterNoon(-60) }, foreign);
    const report = await all.reap();
    expect(all.vendor.levelOf('ana', 'orders')).toBe('write');
    expect(report.unread).toEqual([expect.stringContaining(`${lease.lease}.`)]);
    expect(isComplete(report)).toBe(false);
  });

  test('an object of the manifest that is no JSON ends nothing, and is named', async () => {
    const all = await due();
    await all.store.put(entryName(entryOf({ lease: newLease() })), '{"half', never);
    const report = await all.reap();
    expect(report.unread).toEqual([expect.stringContaining('An object of the manifest does not count')]);
    expect([kinds(report)[0], isComplete(report)]).toEqual(['ended', false]);
  });

  test.each<[string, () => Promise<never>]>([
    ['fails', () => Promise.reject(new Error('the disk is gone'))],
    ['hangs', hang],
  ])('a manifest that %s stops no end of an object, and the pass is not complete', async (_what, read) => {
    const all = await due();
    const report = await all.reap({ readManifest: read });
    expect(all.vendor.levelOf('ana', 'orders')).toBe('none');
    expect(report.unread).toEqual([expect.stringContaining('The manifest could not be read')]);
    expect(isComplete(report)).toBe(false);
  });

  test('a list that fails is no empty list: the manifest is carried out, and the pass is not complete', async () => {
    const all = await due();
    const broken: Remover = {
      ...(all.provider as Remover),
      listManaged: () => Promise.reject(new Fault('provider-forbidden', 'fake: no list')),
    };
    const report = await all.reap({ removers: new Map([['fake', broken]]) });
    expect(all.vendor.levelOf('ana', 'orders')).toBe('none');
    expect([report.unread, isComplete(report)]).toEqual([
      ['The objects of Curfew at fake could not be listed: provider-forbidden: fake: no list'],
      false,
    ]);
  });

  test('a provider without settings leaves its accesses, and says so', async () => {
    const all = world();
    await all.write(leaseOf(), { provider: 'gone' });
    const report = await all.reap();
    expect(report.outcomes).toEqual([
      expect.objectContaining({ kind: 'left', why: 'the reaper has no settings of the provider gone' }),
    ]);
  });
});

test('providers share a reading of the manifest, and nobody gets one that began before its objects were listed', async () => {
  const order: string[] = [];
  let release: () => void = () => undefined;
  const listed = new Promise<void>((resolve) => void (release = resolve));
  const names = ['a', 'b', 'c', 'd'];
  const removers = new Map(
    names.map((name): [string, Remover] => {
      const listManaged = async () => {
        await listed;
        order.push('listed');
        return [];
      };
      return [name, { ...otherProvider({ listManaged })[1], name }];
    }),
  );
  const readManifest = async () => {
    order.push('reading');
    release();
    await new Promise((resolve) => void setImmediate(resolve));
    return { entries: [], serial: 0, problems: [], replaced: [] };
  };
  await world().reap({ removers, readManifest });
  expect(order).toEqual(['reading', ...names.map(() => 'listed'), 'reading']);
});

describe('what fails or hangs delays nothing else (F23, F32)', () => {
  type Hang = (signal: AbortSignal) => Promise<never>;
  test.each<[string, (hangs: Hang) => Partial<Remover>]>([
    ['a list that hangs', (hangs) => ({ listManaged: hangs })],
    ['a clock that hangs', (hangs) => ({ listManaged: () => Promise.resolve([]), clocks: hangs })],
    ['a list that fails', () => ({ listManaged: () => Promise.reject(new Error('no')) })],
  ])('%s at another provider', async (_what, calls) => {
    const all = await due();
    const order: string[] = [];
    const hangs: Hang = (signal) =>
      new Promise(() => signal.addEventListener('abort', () => void order.push('the other one gave up')));
    const watched: Remover = {
      ...(all.provider as Remover),
      endManaged: async (...args) => {
        order.push('ended');
        return all.provider.endManaged(...args);
      },
    };
    const limits = { ...SHORT, readMs: 1_500, clockMs: 1_500 };
    await all.reap({ limits, removers: new Map([['fake', watched], otherProvider(calls(hangs))]) });
    expect(order[0]).toBe('ended');
    expect(all.vendor.levelOf('ana', 'orders')).toBe('none');
  });

  test('accesses that hang, more than there are places', async () => {
    const all = world();
    const leases = Array.from({ length: 30 }, (_, index) =>
      leaseOf({ resource: index % 2 === 0 ? 'orders' : 'billing' }),
    );
    for (const lease of leases) await all.grant(lease);
    const stuck = new Set(leases.slice(0, 10).map(({ lease }) => lease));
    const remover: Remover = {
      ...(all.provider as Remover),
      endManaged: (managed, signal) =>
        stuck.has(managed.lease) ? hang() : all.provider.endManaged(managed, signal),
    };
    const limits = { ...SHORT, attemptMs: 500, passMs: 1_000 };
    const report = await all.reap({ limits, removers: new Map([['fake', remover]]) });
    expect(kinds(report)).toEqual([...Array<string>(20).fill('ended'), ...Array<string>(10).fill('left')]);
    expect(report.outcomes.filter(({ kind }) => kind === 'left')[0]).toMatchObject({
      why: expect.stringContaining('there was no answer'),
    });
  });
});

describe('failures that pass', () => {
  test('a rate limit is waited for and is no failure (F11)', async () => {
    const all = await due();
    all.vendor.setFault({ kind: 'throttle', retryAfterMs: 5 }, 'write');
    const report = await all.reap();
    expect([isComplete(report), all.vendor.levelOf('ana', 'orders')]).toEqual([true, 'none']);
  });

  test('a rate limit that lasts longer than the pass leaves the access, with the reason (F11)', async () => {
    const all = await due();
    const remover: Remover = {
      ...(all.provider as Remover),
      endManaged: () =>
        Promise.reject(new Fault('provider-throttled', 'fake: slow down', { retryAfterMs: 600_000 })),
      ensureAbsent: () =>
        Promise.reject(new Fault('provider-throttled', 'fake: slow down', { retryAfterMs: 600_000 })),
    };
    const report = await all.reap({ removers: new Map([['fake', remover]]) });
    expect(report.outcomes[0]).toMatchObject({ kind: 'left', why: 'provider-throttled: fake: slow down' });
    expect(isComplete(report)).toBe(false);
  });

  test('after a refusal nothing more is sent to that provider before the stated time, also by the next pass; then all is ended (F11, F31)', async () => {
    const all = world();
    for (let count = 0; count < 40; count += 1) await all.grant(leaseOf());
    let [now, calls] = [0, 0];
    let isRefused = true;
    const remover: Remover = {
      ...(all.provider as Remover),
      endManaged: (...args) => {
        calls += 1;
        return isRefused
          ? Promise.reject(new Fault('provider-throttled', 'fake: slow down', { retryAfterMs: 3_600_000 }))
          : all.provider.endManaged(...args);
      },
    };
    const deps = { removers: new Map([['fake', remover]]), throttles: openThrottles(() => now) };
    expect(kinds(await all.reap(deps))).toEqual(Array<string>(40).fill('left'));
    const first = calls;
    expect(first).toBeLessThanOrEqual(SHORT.atOnce);
    for (now of [59_000, 61_000, 3_599_000]) {
      expect(new Set(kinds(await all.reap(deps)))).toEqual(new Set(['left']));
      expect(calls).toBe(first);
    }
    [now, isRefused] = [3_600_000, false];
    expect(new Set(kinds(await all.reap(deps)))).toEqual(new Set(['ended']));
  });

  test.each(['listManaged', 'clocks'] as const)(
    'after a refusal of %s too, nothing more is sent to that provider before the stated time (F11)',
    async (refusing) => {
      const all = await due();
      let now = 0;
      const limited = () =>
        Promise.reject(new Fault('provider-throttled', 'fake: slow down', { retryAfterMs: 60_000 }));
      const throttles = openThrottles(() => now);
      const takeTurn = throttles.turnsOf('fake');
      const remover: Remover = { ...(all.provider as Remover), [refusing]: limited };
      await all.reap({ removers: new Map([['fake', remover]]), throttles });
      await expect(takeTurn()).rejects.toMatchObject({ code: 'provider-throttled', retryAfterMs: 60_000 });
      now = 60_000;
      await expect(takeTurn()).resolves.toBeUndefined();
      await expect(takeTurn(1, { removal: 5_000, other: 9_000 })).rejects.toMatchObject({
        retryAfterMs: 5_000,
      });
    },
  );

  test('a shorter wait that the vendor states does not shorten a longer one (F11)', () => {
    const throttles = openThrottles(() => 0);
    throttles.close('fake', 60_000);
    throttles.close('fake', 1_000);
    expect([throttles.waitOf('fake'), throttles.waitOf('other')]).toEqual([60_000, 0]);
  });

  test('a missing permission is not tried again', async () => {
    const all = await due();
    let calls = 0;
    const forbid = () => {
      calls += 1;
      return Promise.reject(new Fault('provider-forbidden', 'fake: no'));
    };
    const remover: Remover = { ...(all.provider as Remover), endManaged: forbid, ensureAbsent: forbid };
    const report = await all.reap({ removers: new Map([['fake', remover]]) });
    expect([new Set(kinds(report)), calls]).toEqual([new Set(['left']), report.outcomes.length]);
  });
});

describe('a manifest that changes while an access waits for its turn', () => {
  /** Ana's lease is over and only the manifest knows it. Between the first and the second attempt, something happens. */
  async function retriedAfter(
    happens: (all: ReturnType<typeof world>, lease: ReturnType<typeof leaseOf>) => Promise<void>,
  ) {
    const all = world();
    const lease = leaseOf();
    await all.grant(lease);
    await all.write(lease);
    all.unmark(lease);
    let attempts = 0;
    const remover: Remover = {
      ...(all.provider as Remover),
      ensureAbsent: async (...args) => {
        attempts += 1;
        if (attempts > 1) return (all.provider as Remover).ensureAbsent(...args);
        await happens(all, lease);
        throw new Fault('provider-throttled', 'fake: slow down', { retryAfterMs: 1 });
      },
    };
    const report = await all.reap({ removers: new Map([['fake', remover]]) });
    return { report, attempts, level: all.vendor.levelOf('ana', 'orders') };
  }

  test('a new lease of the same account keeps its access (I6)', async () => {
    const { report, level } = await retriedAfter(async (all) => {
      const newer = leaseOf({ level: 'read', endsAt: secondsAfterNoon(3_600) });
      await all.write(newer);
      await all.grant(newer);
    });
    expect([level, kinds(report)]).toEqual(['read', ['ended']]);
  });

  test.each<[string, Partial<ManifestEntry>]>([
    ['is extended', { endsAt: secondsAfterNoon(3_600) }],
    ['has its receipt', { state: 'over' }],
  ])('a lease that %s is left alone', async (_what, newer) => {
    const { report, attempts, level } = await retriedAfter((all, lease) => all.write(lease, newer));
    expect([level, attempts, report.outcomes]).toEqual(['write', 1, []]);
  });

  test('a manifest that cannot be read any more changes nothing, and that is said', async () => {
    const all = world();
    const lease = leaseOf();
    await all.grant(lease);
    await all.write(lease);
    all.unmark(lease);
    const manifest = await readManifest(all.store, [ours.publicKey], never);
    let readings = 0;
    const report = await all.reap({
      limits: { ...SHORT, passMs: 200 },
      readManifest: () => {
        readings += 1; // The first two are those of the provider and of the accesses without one.
        return readings > 2 ? Promise.reject(new Error('the disk is gone')) : Promise.resolve(manifest);
      },
    });
    expect([all.vendor.levelOf('ana', 'orders'), report.outcomes]).toEqual([
      'write',
      [expect.objectContaining({ kind: 'left', why: expect.stringContaining('manifest-unavailable') })],
    ]);
  });
});

describe('clocks (I23)', () => {
  test('a vendor whose clock is 1 h ahead is said loudly, and the access ends all the same', async () => {
    const all = world({ vendorNow: secondsAfterNoon(3_600) });
    await all.grant(leaseOf());
    const report = await all.reap();
    expect(report.warnings).toEqual([expect.stringContaining('is 3569.0 s ahead of')]);
    expect([isComplete(report), all.vendor.levelOf('ana', 'orders')]).toEqual([true, 'none']);
  });

  test('a vendor whose clock has not reached the end keeps the access, and that is said', async () => {
    const all = world({ vendorNow: secondsAfterNoon(-10) });
    const lease = leaseOf();
    await all.grant(lease);
    await all.write(lease);
    const report = await all.reap();
    expect(all.vendor.levelOf('ana', 'orders')).toBe('write');
    expect(report.warnings).toEqual([expect.stringContaining('41.0 s behind')]);
    expect([new Set(kinds(report)), isComplete(report)]).toEqual([new Set(['left']), false]);
  });

  test('a clock that cannot be read delays nothing', async () => {
    const all = await due();
    const remover: Remover = {
      ...(all.provider as Remover),
      clocks: () => Promise.reject(new Error('no clock')),
    };
    const report = await all.reap({ removers: new Map([['fake', remover]]) });
    expect([isComplete(report), all.vendor.levelOf('ana', 'orders')]).toEqual([true, 'none']);
    expect(report.warnings).toEqual(['The clock of fake could not be read: no clock']);
  });
});

describe('a process that repeats its pass', () => {
  test('does not verify the same end in every pass, and does after some minutes', async () => {
    const all = await due();
    all.unmark(all.lease);
    let calls = 0;
    let now = 0;
    const remover: Remover = {
      ...(all.provider as Remover),
      ensureAbsent: (...args) => {
        calls += 1;
        return (all.provider as Remover).ensureAbsent(...args);
      },
    };
    const deps = { removers: new Map([['fake', remover]]), verified: verifiedEnds(() => now) };
    for (const at of [0, 30_000, 299_000, 301_000]) {
      now = at;
      await all.reap(deps);
    }
    expect(calls).toBe(2);
  });

  test('ends an access again that was extended after its verified end, and has ended again', async () => {
    const verified = verifiedEnds();
    const all = await due();
    all.unmark(all.lease);
    await all.reap({ verified });
    expect(all.vendor.levelOf('ana', 'orders')).toBe('none');
    await all.grant(all.lease);
    await all.write(all.lease, { endsAt: secondsAfterNoon(-1) });
    all.unmark(all.lease);
    await all.reap({ verified });
    expect(all.vendor.levelOf('ana', 'orders')).toBe('none');
  });

  test('ends an access again whose remaining level fell, because another lease ended too (I6)', async () => {
    const verified = verifiedEnds();
    const all = world();
    const [one, two] = [
      leaseOf({ level: 'write' }),
      leaseOf({ level: 'read', endsAt: secondsAfterNoon(60) }),
    ];
    for (const lease of [one, two]) {
      await all.grant(lease);
      await all.write(lease);
      all.unmark(lease);
    }
    await all.reap({ verified });
    expect(all.vendor.levelOf('ana', 'orders')).toBe('read');
    await all.write(two, { endsAt: secondsAfterNoon(-60) });
    await all.reap({ verified });
    expect(all.vendor.levelOf('ana', 'orders')).toBe('none');
  });
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { no } from '../../core/result.ts';
import { entryName, type ManifestEntry } from '../../manifest/entry.ts';
import { readManifest } from '../../manifest/read.ts';
import { sign } from '../../manifest/signature.ts';
import type { ManifestStore } from '../../manifest/store.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Deps } from '../../requests/deps.ts';
import { leaseAtProvider, leaseOrFault } from '../../requests/lease-at-provider.ts';
import { prepareManifest } from '../../requests/manifest.ts';
import type { ManifestAccess } from '../../requests/manifest-access.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { never, ours } from '../manifest/manifest.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { firstLease, levelsWritten, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  extended,
  extensionStarted,
  granted,
  killedGrant,
  revoked,
} from './steps.fixture.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let fixture: RequestsFixture;
beforeEach(async () => {
  fixture = await startRequestsFixture();
});
afterEach(async () => {
  fixture.providerControl.releaseAll();
  await fixture.stop();
});

const access = (): ManifestAccess => {
  const { manifest } = fixture.deps;
  if (!manifest) throw new Error('the fixture has no manifest');
  return manifest;
};
const manifest = () => readManifest(access().store, access().publicKeys, never);
const entriesOf = async (request: RequestId): Promise<readonly ManifestEntry[]> =>
  (await manifest()).entries.filter(({ lease }) => lease === firstLease(request));
const entryOf = async (request: RequestId) => (await entriesOf(request))[0];
const names = () => access().store.list(never);

/** The fixture, with another store of the manifest. */
const withStore = (store: Partial<ManifestStore>): RequestsFixture => ({
  ...fixture,
  deps: { ...fixture.deps, manifest: { ...access(), store: { ...access().store, ...store } } },
});
const refusing = (): RequestsFixture =>
  withStore({ put: () => Promise.reject(new Error('no space left on the disk')) });
const withDeps = (deps: Partial<Deps>): RequestsFixture => ({
  ...fixture,
  deps: { ...fixture.deps, ...deps },
});
const endedBy = async (request: RequestId) => answered(fixture, request, { kind: 'end', by: 'ana' });
const sweepAt = async (ms: number) => {
  await fixture.shiftClock(ms);
  return sweep(fixture.deps);
};

describe('before a grant', () => {
  test('the entry is stored after the intent and before the first write to the provider (I2)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const paused = fixture.providerControl.pauseNext('ensurePresent', 'before');
    const granting = granted(fixture, request);
    await paused.reached;
    expect(await fixture.kinds(request)).toMatch(/grant-started intended$/);
    expect(levelsWritten(fixture, request)).toEqual([]);
    const { state, endsAt } = { ...(await entryOf(request)) };
    const now = await fixture.state(request);
    expect({ state, endsAt }).toEqual({ state: 'live', endsAt: now.kind === 'granting' ? now.endsAt : 0 });
    paused.release();
    await granting;
  });

  test('the entry has all that is needed to end the access without the ledger', async () => {
    fixture.vendor.setLevel('ana', 'thing', 'read');
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    expect(await entryOf(request)).toMatchObject({
      lease: firstLease(request),
      state: 'live',
      provider: 'fake',
      spec: { resource: 'thing', level: 'write' },
      targetKey: 'thing',
      subject: { id: expect.any(String), name: 'ana' },
      prior: 'read',
      level: 'write',
    });
  });

  test('a row that says that the entry is written already does not keep it from being written (T24)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await rowsOf(
      fixture.url,
      `insert into manifest_entry (lease_id, wanted, written, serial, state) values ('${firstLease(request)}', 1, 1, 1, 'live')`,
    );
    await granted(fixture, request);
    expect(await entryOf(request)).toMatchObject({ state: 'live', lease: firstLease(request) });
  });

  test('without the intent in the ledger, which a failover lost meanwhile, nothing is stored or granted (F05, I2)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const lease = await leaseOrFault(fixture.deps, firstLease(request));
    await expect(
      prepareManifest(fixture.deps, leaseAtProvider(fixture.deps, lease), never),
    ).rejects.toMatchObject({ code: 'quarantine' });
    expect(await names()).toEqual([]);
  });

  test('a quarantine that begins while the access is read stops the grant before its intent (I2, I25)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const fake = fixture.deps.providers.get('fake') as Provider;
    const observe: Provider['observe'] = (...asked) => {
      access().memory.highest = 1_000; // This process gave out a serial that the ledger does not have any more.
      return fake.observe(...asked);
    };
    const restored = withDeps({ providers: new Map([['fake', { ...fake, observe }]]) });
    await expect(granted(restored, request)).rejects.toMatchObject({ code: 'quarantine' });
    expect(await fixture.kinds(request)).toMatch(/grant-started$/);
  });

  test('without CURFEW_MANIFEST nothing is granted, recorded or written at the provider, and a sentence says why', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const { manifest: _none, ...deps } = fixture.deps;
    await expect(granted({ ...fixture, deps }, request)).rejects.toMatchObject({ code: 'manifest-missing' });
    expect(fixture.vendor.log.read().filter(({ op }) => op === 'level-set')).toEqual([]);
    expect(await fixture.kinds(request)).not.toContain('intended');
    expect(await fixture.state(request)).toMatchObject({
      ending: {
        kind: 'grant-failed',
        fault: 'manifest-missing',
        why: expect.stringContaining('CURFEW_MANIFEST'),
      },
    });
  });

  test.each(['A', 'B'] as const)(
    'access of class %s has its end at the vendor, so it needs no manifest',
    async (enforcement) => {
      const request = await approvedWithoutWorkflow(fixture);
      const fake = fixture.deps.providers.get('fake') as Provider;
      const providers = new Map([['fake', { ...fake, enforcementClass: () => enforcement }]]);
      const { manifest: _none, ...deps } = fixture.deps;
      await granted({ ...fixture, deps: { ...deps, providers } }, request);
      expect(fixture.levelOf()).toBe('write');
      expect(await names()).toEqual([]);
    },
  );

  test('a store that refuses stops the grant before the provider, and the next attempt succeeds (I2)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await expect(granted(refusing(), request)).rejects.toMatchObject({
      code: 'manifest-unavailable',
      retry: true,
      message: expect.stringContaining('no space left on the disk'),
    });
    expect(levelsWritten(fixture, request)).toEqual([]);
    await granted(fixture, request);
    expect(await entryOf(request)).toMatchObject({ state: 'live' });
    expect(fixture.levelOf()).toBe('write');
  });

  test('a store that refuses for ten minutes fails the grant, and the request says why', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await expect(granted(refusing(), request)).rejects.toMatchObject({ code: 'manifest-unavailable' });
    await sweepAt(11.1 * MINUTE);
    expect(await fixture.state(request)).toMatchObject({
      ending: { kind: 'grant-failed', fault: 'manifest-unavailable' },
    });
  });

  test('a store that stored the entry and did not answer: the grant waits for the next attempt, and one entry counts (F13)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const silent = withStore({
      put: async (...object) => {
        await access().store.put(...object);
        throw new Error('no answer');
      },
    });
    await expect(granted(silent, request)).rejects.toMatchObject({ code: 'manifest-unavailable' });
    const first = await entryOf(request);
    expect(levelsWritten(fixture, request)).toEqual([]);
    await granted(fixture, request);
    const second = await entryOf(request);
    expect(second?.serial).toBeGreaterThan(first?.serial ?? Infinity);
    await sweep(fixture.deps);
    expect(await names()).toEqual([entryName(second as ManifestEntry)]);
  });
});

describe('a process is killed', () => {
  test('between the entry and the grant: the next attempt grants, and the access has one entry (F01)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const restore = fixture.providerControl.failFrom('ensurePresent', new Error('the process is killed'));
    await expect(granted(fixture, request)).rejects.toThrow('killed');
    restore();
    await granted(fixture, request);
    expect(await names()).toHaveLength(1);
    expect(fixture.levelOf()).toBe('write');
  });

  test('between the entry and the grant, and the request ends: the entry is over (F01)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    fixture.providerControl.failFrom('ensurePresent', new Error('the process is killed'));
    await expect(granted(fixture, request)).rejects.toThrow('killed');
    await endedBy(request);
    await revoked(fixture, request);
    expect(await entryOf(request)).toMatchObject({ state: 'over' });
  });

  test('between the grant and its receipt: the entry is live, whoever ends the access (F01)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await killedGrant(fixture, request);
    expect(await entryOf(request)).toMatchObject({ state: 'live', level: 'write' });
    expect(fixture.levelOf()).toBe('write');
  });

  test('between the receipt and “over”: the receipt stands, and the sweeper writes the entry (F02)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    await endedBy(request);
    const { ledger } = fixture.deps;
    const killed = withDeps({
      ledger: { ...ledger, beginManifestWrite: () => Promise.reject(new Error('the process is killed')) },
    });
    await revoked(killed, request);
    expect(await fixture.kinds(request)).toMatch(/revoked closed$/);
    expect(await entryOf(request)).toMatchObject({ state: 'live' });
    await sweep(fixture.deps);
    expect(await entryOf(request)).toMatchObject({ state: 'over' });
  });
});

describe('after a receipt', () => {
  test('the entry is over, and the older object is gone', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    await endedBy(request);
    await revoked(fixture, request);
    const entry = (await entryOf(request)) as ManifestEntry;
    expect(entry).toMatchObject({ state: 'over', level: 'write', subject: { name: 'ana' } });
    expect(await names()).toEqual([entryName(entry)]);
  });

  test('the receipt is recorded before the store is asked, and a store that is down fails no receipt (I14)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    await endedBy(request);
    let atPut = '';
    const down = withStore({
      put: async () => {
        atPut = await fixture.kinds(request);
        throw new Error('down');
      },
    });
    await revoked(down, request);
    expect(atPut).toMatch(/revoked closed$/);
    expect(await fixture.kinds(request)).toMatch(/revoked closed$/);
    expect(await fixture.deps.ledger.unwrittenOf([firstLease(request)])).toEqual([firstLease(request)]);
  });

  test('a store that was down a moment ago is not asked again for the next receipt (I3)', async () => {
    const requests = [
      await approvedWithoutWorkflow(fixture),
      await approvedWithoutWorkflow(fixture, { entitlement: 'other' }),
    ];
    for (const request of requests) await granted(fixture, request);
    let calls = 0;
    const down = withStore({ put: () => ((calls += 1), Promise.reject(new Error('down'))) });
    for (const request of requests) {
      await endedBy(request);
      await revoked(down, request);
    }
    expect(calls).toBe(1);
  });

  test('an entry that is over stays a day, and the one with the highest serial stays for ever (I25)', async () => {
    const [first, last] = [await approvedWithoutWorkflow(fixture), await approvedWithoutWorkflow(fixture)];
    for (const request of [first, last]) {
      await granted(fixture, request);
      await endedBy(request);
      await revoked(fixture, request);
    }
    await sweepAt(DAY - MINUTE);
    expect(await names()).toHaveLength(2);
    await sweepAt(DAY + MINUTE);
    expect((await manifest()).entries.map(({ lease }) => lease)).toEqual([firstLease(last)]);
  });
});

describe('leases that share an access', () => {
  test('when somebody lowered the prior state by hand, every entry has the lower one (I5)', async () => {
    fixture.vendor.setLevel('ana', 'thing', 'write');
    const first = await approvedWithoutWorkflow(fixture, { entitlement: 'top' });
    await granted(fixture, first);
    expect(await entryOf(first)).toMatchObject({ prior: 'write' });
    fixture.vendor.setLevel('ana', 'thing', 'read');
    const second = await approvedWithoutWorkflow(fixture);
    await granted(fixture, second);
    expect(await entryOf(second)).toMatchObject({ prior: 'read' });
    expect(await entryOf(first)).toMatchObject({ prior: 'read' });
  });
});

describe('an extension', () => {
  const fail = async (request: RequestId) => {
    fixture.providerControl.failFrom('moveEnd', 'provider-refused');
    await expect(extended(fixture, request)).rejects.toMatchObject({ code: 'provider-refused' });
  };

  test('stores the later end before the provider is asked, and the old one again when it fails', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    const { endsAt = 0 } = { ...(await entryOf(request)) };
    await extensionStarted(fixture, request);
    const paused = fixture.providerControl.pauseNext('moveEnd', 'before');
    const extending = extended(fixture, request);
    await paused.reached;
    expect((await entryOf(request))?.endsAt).toBe(endsAt + 30 * MINUTE);
    paused.release();
    await extending;
    expect((await entryOf(request))?.endsAt).toBe(endsAt + 30 * MINUTE);
    await extensionStarted(fixture, request);
    await fail(request);
    expect((await entryOf(request))?.endsAt).toBe(endsAt + 30 * MINUTE);
    await sweep(fixture.deps);
    expect(await fixture.ledger.readQuarantine()).toBeUndefined();
  });

  test('is not carried out while the store refuses, so the old end counts', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    const { endsAt } = { ...(await entryOf(request)) };
    await extensionStarted(fixture, request);
    await expect(extended(refusing(), request)).rejects.toMatchObject({ code: 'manifest-unavailable' });
    expect(fixture.providerControl.countOf('moveEnd')).toBe(0);
    expect(await fixture.state(request)).toMatchObject({ kind: 'active', endsAt });
  });
});

describe('the sweeper keeps the manifest right', () => {
  test('an entry that somebody deleted is written again', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    const before = (await entryOf(request)) as ManifestEntry;
    await access().store.remove(entryName(before), never);
    await sweep(fixture.deps);
    const after = await entryOf(request);
    expect(after).toMatchObject({ ...before, serial: after?.serial });
    expect(after?.serial).toBeGreaterThan(before.serial);
  });

  test('a revocation that an older version records wants the entry, because that version knows no manifest (F28, B16)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    expect(await fixture.ledger.unwrittenOf([firstLease(request)])).toEqual([]);
    // As an older version writes it. It does not touch the tables of the manifest.
    const revoke = `update lease set state = 'revoked', changed_at = ledger_now(), next_try_at = null`;
    await asAdmin(async (admin) => void (await admin.query(revoke)), fixture.url);
    expect(await fixture.ledger.unwrittenOf([firstLease(request)])).toEqual([firstLease(request)]);
  });

  test('an old live entry that somebody put back is over again, and the ledger stays out of quarantine', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    const live = (await entryOf(request)) as ManifestEntry;
    await endedBy(request);
    await revoked(fixture, request);
    const over = (await entryOf(request)) as ManifestEntry;
    await access().store.remove(entryName(over), never);
    await access().store.put(entryName(live), sign(live, ours.privateKey), never);
    await sweep(fixture.deps);
    expect(await entryOf(request)).toMatchObject({ state: 'over' });
    expect(await fixture.ledger.readQuarantine()).toBeUndefined();
  });

  test('a lease that was granted before there was a manifest gets an entry', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const fake = fixture.deps.providers.get('fake') as Provider;
    const providers = new Map([['fake', { ...fake, enforcementClass: () => 'A' as const }]]);
    await granted(withDeps({ providers }), request);
    expect(await names()).toEqual([]);
    await sweep(fixture.deps);
    expect(await entryOf(request)).toMatchObject({ state: 'live', level: 'write' });
  });

  test('a lease whose target cannot be read is named, and keeps no other one from its entry (F32)', async () => {
    const [broken, other] = [
      await approvedWithoutWorkflow(fixture, { entitlement: 'other' }),
      await approvedWithoutWorkflow(fixture),
    ];
    const fake = fixture.deps.providers.get('fake') as Provider;
    const providers = new Map([['fake', { ...fake, enforcementClass: () => 'A' as const }]]);
    for (const request of [broken, other]) await granted(withDeps({ providers }), request);
    const parseTarget: Provider['parseTarget'] = (spec) =>
      JSON.stringify(spec).includes('other') ? no('it is from another time') : fake.parseTarget(spec);
    const { problems } = await sweep(
      withDeps({ providers: new Map([['fake', { ...fake, parseTarget }]]) }).deps,
    );
    expect(problems).toContainEqual(
      expect.stringContaining(`${firstLease(broken)} has no entry in the manifest`),
    );
    expect(await entryOf(other)).toMatchObject({ state: 'live' });
  });

  test('of many old objects a limited number is removed in a pass, after what must be written (F31)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    const live = (await entryOf(request)) as ManifestEntry;
    await asAdmin(
      async (admin) => void (await admin.query('update manifest_serial set serial = 1000')),
      fixture.url,
    );
    for (let serial = 100; serial < 700; serial += 1)
      await access().store.put(
        entryName({ ...live, serial }),
        sign({ ...live, serial }, ours.privateKey),
        never,
      );
    await fixture.ledger.wantManifestEntry(firstLease(request));
    const calls: string[] = [];
    let [now, most] = [0, 0];
    const { store } = access();
    const counting = withStore({
      put: (...of) => (calls.push('put'), store.put(...of)),
      remove: async (...of) => {
        calls.push('remove');
        most = Math.max(most, (now += 1));
        await store.remove(...of);
        now -= 1;
      },
    });
    await sweep(counting.deps);
    expect(calls[0]).toBe('put');
    expect(calls.filter((call) => call === 'remove').length).toBeLessThanOrEqual(501); // One is that of the write.
    expect(most).toBe(16);
    await sweep(fixture.deps);
    await sweep(fixture.deps);
    expect(await names()).toEqual([entryName((await entryOf(request)) as ManifestEntry)]);
  });

  test('a foreign object is named in each pass, and never acts', async () => {
    await access().store.put(
      `${firstLease('req_00000000000000000000000000' as RequestId)}.9999999999999999.json`,
      '{}',
      never,
    );
    const { problems } = await sweep(fixture.deps);
    expect(problems).toEqual([
      expect.stringMatching(/the manifest has a foreign object .*it is not a signed object/),
    ]);
    expect(await fixture.ledger.readQuarantine()).toBeUndefined();
  });
});

test('of two processes that write the entry of a lease, the one with the later change wins, in whatever order they reach the store', async () => {
  const request = await approvedWithoutWorkflow(fixture);
  await granted(fixture, request);
  await fixture.deps.ledger.wantManifestEntry(firstLease(request));
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let reached: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => (reached = resolve));
  const slow = withStore({
    put: async (...object) => {
      reached();
      await held;
      await access().store.put(...object);
    },
  });
  const late = sweep(slow.deps);
  await waiting;
  await endedBy(request);
  await revoked(fixture, request);
  expect(await entryOf(request)).toMatchObject({ state: 'over' });
  release();
  await late;
  expect(await entryOf(request)).toMatchObject({ state: 'over' });
});

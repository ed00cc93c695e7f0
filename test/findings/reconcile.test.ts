import { whoHadAccess } from '../../audit/questions/index.ts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import { openLedger } from '../../ledger/index.ts';
import type { Provider } from '../../providers/provider.ts';
import { readManifest } from '../../manifest/read.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { never } from '../manifest/manifest.fixture.ts';
import { seenDigest } from '../../requests/findings/seen-digest.ts';
import { carryOutFindings } from '../../upkeep/carry-out-findings.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { firstLease } from '../requests/requests.fixture.ts';
import {
  carriedOut,
  decided,
  ended,
  type FindingsFixture,
  findingsIn,
  live,
  looked,
  MINUTE,
  namesIn,
  only,
  owner,
  people,
  reconciled,
  reconciledAgain,
  startFindingsFixture,
  withProvider,
} from './findings.fixture.ts';

let fixture: FindingsFixture;
beforeEach(async () => {
  fixture = await startFindingsFixture();
});
afterEach(() => fixture.stop());

/** The dependencies, with another `discover` of the fake provider. */
const discovering = (discover: (inner: Provider) => Provider['discover']) =>
  withProvider(fixture, (inner) => ({ discover: discover(inner) }));

describe('the first pass of a target', () => {
  test('what is there is the baseline: standing access, with who is nobody and why, and no finding', async () => {
    people(fixture, ['eve', 'fay', 'gus'], 'admin');
    const reports = await reconciled(fixture);
    expect(reports).toContainEqual({ provider: 'fake', target: 'thing', fresh: 0, baseline: 3, gone: 0 });
    expect(await findingsIn(fixture, 'open')).toEqual([]);
    expect(await namesIn(fixture, 'adopted')).toEqual(['eve', 'fay', 'gus']);
    const [one] = await findingsIn(fixture, 'adopted');
    expect(one).toMatchObject({ level: 'admin', why: expect.stringContaining('first looked') });
    expect(one?.closedBy).toBeUndefined();
  });

  test('each target has the entitlements that give it, so an answer about one of them has all access there', async () => {
    people(fixture, ['eve'], 'admin');
    await reconciled(fixture);
    const { ledger } = fixture.deps;
    const at = await ledger.now();
    const { rows } = await ledger.auditPage(
      whoHadAccess({ kind: 'entitlement', id: 'thing' }, { from: at, to: at }),
      { most: 10 },
    );
    expect(rows).toMatchObject([{ account_name: 'eve', basis: 'adopted' }]);
    await live(fixture);
    const query = whoHadAccess({ kind: 'entitlement', id: 'thing' }, { from: at, to: await ledger.now() });
    const namesOf = async (where: typeof query.where) =>
      (await ledger.auditPage({ ...query, where }, { most: 10 })).rows.map((row) => row['account_name']);
    expect(new Set(await namesOf(query.where))).toEqual(new Set(['ana', 'eve']));
    expect(await namesOf([...query.where, { kind: 'not-granted' }])).toEqual(['eve']);
    expect(await ledger.firstLook({ kind: 'entitlement', id: 'thing' })).toMatchObject({ kind: 'since' });
    expect(await ledger.firstLook({ kind: 'entitlement', id: 'nothing' })).toEqual({ kind: 'none' });
  });

  test('access that a lease left is never imported as standing access: it can only be revoked (B08)', async () => {
    const request = await live(fixture);
    await ended(fixture, request);
    fixture.vendor.setLevel('ana', 'thing', 'write');
    await reconciled(fixture);
    expect(await findingsIn(fixture, 'adopted')).toEqual([]);
    const finding = await only(fixture);
    expect(finding).toMatchObject({ lease: firstLease(request), level: 'write', leaseOf: 'ana' });
    expect(await carriedOut(fixture, 'adopt', finding)).toMatchObject({ error: { code: 'cannot-adopt' } });
    expect(await carriedOut(fixture, 'revoke', finding)).toMatchObject({ ok: true });
    expect(fixture.levelOf()).toBe('none');
    expect(await only(fixture, 'revoked')).toMatchObject({ closedBy: 'cy', why: 'ana has none on thing' });
  });

  test('what an administrator gave long after a lease was verified gone can be adopted', async () => {
    const request = await live(fixture);
    await ended(fixture, request);
    await fixture.shiftClock(16 * MINUTE);
    await reconciled(fixture); // It shows that nothing is left.
    fixture.vendor.setLevel('ana', 'thing', 'write');
    await reconciledAgain(fixture);
    expect((await only(fixture)).whyNoAdopt).toBeUndefined();
  });
});

describe('a second name of the same target', () => {
  test('has no baseline of its own: what was added by hand since the first pass is a finding', async () => {
    await reconciled(fixture);
    people(fixture, ['eve']);
    await owner(fixture, "update target_pass set target_key = 'old name' where target_key = 'thing'");
    expect(await reconciled(fixture)).toContainEqual(
      expect.objectContaining({ target: 'thing', fresh: 1, baseline: 0 }),
    );
    expect(await namesIn(fixture, 'open')).toEqual(['eve']);
    expect(await namesIn(fixture, 'adopted')).toEqual([]);
  });
});

describe('access that no request explains', () => {
  test('somebody who was added by hand is one finding, however often the target is read', async () => {
    await reconciled(fixture);
    people(fixture, ['eve']);
    expect(await reconciledAgain(fixture)).toContainEqual(
      expect.objectContaining({ target: 'thing', fresh: 1 }),
    );
    expect(await reconciledAgain(fixture)).toEqual([]);
    expect(await only(fixture)).toMatchObject({
      kind: 'access',
      provider: 'fake',
      targetKey: 'thing',
      subject: { name: 'eve' },
      level: 'read',
      state: 'open',
    });
  });

  test.each(['thing', 'look', 'top'] as const)(
    'the access of a live lease is none (%s)',
    async (entitlement) => {
      await reconciled(fixture);
      await live(fixture, entitlement);
      await reconciledAgain(fixture);
      expect(await findingsIn(fixture, 'open', 'adopted')).toEqual([]);
    },
  );

  test('the prior state of a holding is none, and more than it is one (F25)', async () => {
    await reconciled(fixture);
    fixture.vendor.setLevel('ana', 'thing', 'read');
    await live(fixture);
    await reconciledAgain(fixture);
    expect(await findingsIn(fixture, 'open')).toEqual([]);
    fixture.vendor.setLevel('ana', 'thing', 'admin');
    await reconciledAgain(fixture);
    expect(await only(fixture)).toMatchObject({ subject: { name: 'ana' }, level: 'admin' });
  });

  test('it closes as gone when the provider does not show it any more, and standing access too (F25)', async () => {
    people(fixture, ['old']);
    await reconciled(fixture);
    people(fixture, ['eve']);
    await reconciledAgain(fixture);
    for (const name of ['eve', 'old']) fixture.vendor.setLevel(name, 'thing', 'none');
    await reconciledAgain(fixture);
    expect(await namesIn(fixture, 'gone')).toEqual(['eve', 'old']);
    expect(await findingsIn(fixture, 'open', 'adopted')).toEqual([]);
  });

  test('a deleted account that was created again under the same name is another one (F24)', async () => {
    people(fixture, ['eve']);
    await reconciled(fixture);
    fixture.vendor.deleteAccount('eve');
    people(fixture, ['eve']);
    await reconciledAgain(fixture);
    expect(await namesIn(fixture, 'gone')).toEqual(['eve']);
    expect(await namesIn(fixture, 'open')).toEqual(['eve']);
  });

  test('a renamed account is the same one, with its new name (F24)', async () => {
    await reconciled(fixture);
    people(fixture, ['eve']);
    await reconciledAgain(fixture);
    const { id } = await only(fixture);
    fixture.vendor.renameAccount('eve', 'eva');
    await reconciledAgain(fixture);
    expect(await only(fixture)).toMatchObject({ id, subject: { name: 'eva' } });
  });

  test('members that another system manages are standing access with its name, and are not fought (B20)', async () => {
    await reconciled(fixture);
    people(fixture, ['eve']);
    const managed = discovering((inner) => async (...args) => ({
      ...(await inner.discover(...args)),
      managedBy: 'the identity provider',
    }));
    await reconciledAgain(managed);
    expect(await findingsIn(fixture, 'open')).toEqual([]);
    expect(await only(fixture, 'adopted')).toMatchObject({ why: 'It is managed by the identity provider.' });
    expect(await fixture.ledger.passes()).toContainEqual(
      expect.objectContaining({ key: 'thing', note: 'The members are managed by the identity provider.' }),
    );
  });

  test('what comes from elsewhere only is a finding that cannot be revoked here, and what all have is none', async () => {
    const subject = (name: string) => ({ id: `id-${name}`, name });
    const from = (kind: 'team' | 'organisation') => [
      { kind, level: 'write', through: `through the ${kind}` },
    ];
    await reconciled(fixture);
    const found = discovering(
      () => (target) =>
        Promise.resolve({
          target,
          calls: 1,
          accesses: [
            { subject: subject('eve'), level: 'none', sources: from('team') },
            { subject: subject('all'), level: 'none', sources: from('organisation') },
          ],
        }),
    );
    await owner(fixture, `update target_pass set next_at = ledger_now() where target_key = 'thing'`);
    await reconciled(found);
    const finding = await only(fixture);
    expect(finding).toMatchObject({ subject: { name: 'eve' }, level: 'write' });
    expect(await carriedOut(fixture, 'revoke', finding)).toMatchObject({
      error: { code: 'cannot-revoke', why: 'The account has it through the team. Remove it there.' },
    });
    // The cap on revocations counts accounts with an entry of their own (B18).
    expect((await fixture.as.sweeper.removalsAt('fake', 'thing')).members).toBe(0);
  });
});

describe('a reading that fails', () => {
  test('an error on the second page is an error of the whole pass: nothing counts as gone', async () => {
    people(fixture, ['eve', 'fay', 'gus']);
    await reconciled(fixture);
    let pages = 0;
    const failing = discovering((inner) => (target, at) => {
      pages += 1;
      return at.page === undefined
        ? inner.discover(target, at)
        : Promise.reject(new Fault('provider-unavailable', 'the second page does not answer'));
    });
    const reports = await reconciledAgain(failing);
    expect(pages).toBeGreaterThan(1);
    expect(reports).toContainEqual({
      provider: 'fake',
      target: 'thing',
      failed: 'provider-unavailable: the second page does not answer',
    });
    expect(await namesIn(fixture, 'adopted')).toEqual(['eve', 'fay', 'gus']);
    expect(await fixture.ledger.passes()).toContainEqual(
      expect.objectContaining({ key: 'thing', problem: expect.stringContaining('second page') }),
    );
  });

  test('a first pass that fails takes no baseline: the next whole one does', async () => {
    people(fixture, ['eve']);
    const away = discovering(() => () => Promise.reject(new Fault('provider-unavailable', 'away')));
    await reconciled(away);
    expect(await findingsIn(fixture, 'open', 'adopted')).toEqual([]);
    await fixture.shiftClock(3 * MINUTE);
    await reconciled(fixture);
    expect(await namesIn(fixture, 'adopted')).toEqual(['eve']);
  });

  test('a list that hides accounts says nothing about absence', async () => {
    people(fixture, ['eve']);
    await reconciled(fixture);
    fixture.vendor.setLevel('eve', 'thing', 'none');
    const hiding = discovering((inner) => async (...args) => ({
      ...(await inner.discover(...args)),
      hidden: 1,
    }));
    await reconciledAgain(hiding);
    expect(await namesIn(fixture, 'adopted')).toEqual(['eve']);
  });

  test('a stale read just after a revocation is no finding (F15)', async () => {
    const slow = withProvider(fixture, () => ({ consistencyWindowMs: 30_000 }));
    await reconciled(fixture);
    const request = await live(fixture);
    await ended(fixture, request);
    fixture.vendor.setLevel('ana', 'thing', 'write'); // as a stale read shows it
    await reconciledAgain(slow);
    expect(await findingsIn(fixture, 'open')).toEqual([]);
  });
});

describe('what a person decides', () => {
  async function found(name = 'eve', level: 'read' | 'write' = 'read') {
    await reconciled(fixture);
    people(fixture, [name], level);
    await reconciledAgain(fixture);
    return only(fixture);
  }

  test('adopted access is standing access with who and why, and nothing changes at the provider', async () => {
    const finding = await found();
    expect(await carriedOut(fixture, 'adopt', finding)).toMatchObject({ ok: true });
    expect(await only(fixture, 'adopted')).toMatchObject({ id: finding.id, closedBy: 'cy' });
    expect(await fixture.ledger.adoptReason(finding.id)).toBe('she is on call for it');
    expect(fixture.vendor.levelOf('eve', 'thing')).toBe('read');
    expect(await reconciledAgain(fixture)).toEqual([]);
  });

  test('adopted access outlives the end of a lease that is live meanwhile (I5)', async () => {
    await reconciled(fixture);
    const request = await live(fixture, 'look');
    fixture.vendor.setLevel('ana', 'thing', 'write');
    await reconciledAgain(fixture);
    await carriedOut(fixture, 'adopt', await only(fixture), { by: 'cy' });
    await ended(fixture, request);
    expect(fixture.levelOf()).toBe('write');
  });

  test('adopted access is the prior state in the manifest too, so that the reaper restores it (I5, F25)', async () => {
    await reconciled(fixture);
    const request = await live(fixture, 'look');
    fixture.vendor.setLevel('ana', 'thing', 'write');
    await reconciledAgain(fixture);
    await carriedOut(fixture, 'adopt', await only(fixture), { by: 'cy' });
    await sweep({ ...fixture.deps, ledger: fixture.as.sweeper });
    const { manifest } = fixture.deps;
    expect(
      manifest && (await readManifest(manifest.store, manifest.publicKeys, never)).entries,
    ).toMatchObject([{ lease: firstLease(request), state: 'live', prior: 'write', level: 'read' }]);
  });

  test.each<['adopt' | 'revoke']>([['adopt'], ['revoke']])(
    'to %s counts only for what the person saw: a level that rose meanwhile is refused (I11)',
    async (kind) => {
      const finding = await found();
      const seen = seenDigest(finding);
      people(fixture, ['eve'], 'admin');
      await reconciledAgain(fixture);
      expect(await carriedOut(fixture, kind, finding, { seen })).toMatchObject({
        error: { code: 'finding-changed' },
      });
      expect(fixture.vendor.levelOf('eve', 'thing')).toBe('admin');
      expect(await namesIn(fixture, 'adopted')).toEqual([]);
    },
  );

  test.each<[title: string, change: string]>([
    ['has another level when it is carried out (I11)', `level = 'admin'`],
    ['turned out to be what a lease left (B08)', `why_no_adopt = 'A request gave this access.'`],
  ])('what was adopted and %s is open again', async (_title, change) => {
    const finding = await found();
    await decided(fixture, 'adopt', finding);
    await owner(fixture, `update finding set ${change}`);
    await carryOutFindings({ ...fixture.deps, ledger: fixture.as.sweeper });
    const now = await only(fixture);
    expect(now.pending).toBeUndefined();
    expect(now.problem).toEqual(expect.any(String));
    expect(await namesIn(fixture, 'adopted')).toEqual([]);
  });

  test('adopted access keeps its level: more is a new finding, also where another system manages it', async () => {
    const managed = discovering((inner) => async (target, page) => ({
      ...(await inner.discover(target, page)),
      managedBy: 'Okta',
    }));
    people(fixture, ['eve']);
    await reconciled(managed);
    people(fixture, ['eve'], 'admin');
    await owner(fixture, 'update target_pass set next_at = ledger_now()');
    await reconciled(managed);
    expect(await only(fixture, 'adopted')).toMatchObject({ level: 'read' });
    expect(await only(fixture)).toMatchObject({ level: 'admin' });
  });

  test('to revoke keeps what a live lease gives, and closes with the receipt (I6)', async () => {
    await reconciled(fixture);
    await live(fixture, 'look');
    fixture.vendor.setLevel('ana', 'thing', 'admin');
    await reconciledAgain(fixture);
    await carriedOut(fixture, 'revoke', await only(fixture));
    expect(fixture.levelOf()).toBe('read');
    expect(await only(fixture, 'revoked')).toMatchObject({ why: 'ana has read on thing', closedBy: 'cy' });
  });

  test('to revoke keeps lower access that was adopted before', async () => {
    people(fixture, ['eve'], 'read');
    await reconciled(fixture);
    fixture.vendor.setLevel('eve', 'thing', 'admin');
    await reconciledAgain(fixture);
    await carriedOut(fixture, 'revoke', await only(fixture));
    expect(fixture.vendor.levelOf('eve', 'thing')).toBe('read');
    expect(await namesIn(fixture, 'adopted')).toEqual(['eve']);
  });

  test('a revocation that fails is tried again until its receipt, and says why', async () => {
    const finding = await found();
    const works = fixture.providerControl.failFrom('ensureAbsent');
    await carriedOut(fixture, 'revoke', finding);
    expect(await only(fixture)).toMatchObject({
      pending: { kind: 'revoke', by: 'cy' },
      problem: expect.stringContaining('provider-unavailable'),
    });
    works();
    await fixture.shiftClock(2 * MINUTE);
    await carriedOut(fixture, 'revoke', finding);
    expect(fixture.vendor.levelOf('eve', 'thing')).toBe('none');
    expect(await namesIn(fixture, 'revoked')).toEqual(['eve']);
  });

  test.each<[title: string, kind: 'adopt' | 'revoke', by: string, note: string, code: string]>([
    ['somebody whom the policy does not name may not adopt', 'adopt', 'dee', 'because', 'not-a-decider'],
    ['somebody whom the policy does not name may not revoke', 'revoke', 'dee', '', 'not-a-decider'],
    ['a reason is needed to adopt', 'adopt', 'cy', ' \u200b ', 'adopt-reason-missing'],
  ])('%s', async (_title, kind, by, note, code) => {
    const finding = await found();
    expect(await carriedOut(fixture, kind, finding, { by, note })).toMatchObject({ error: { code } });
    expect(await only(fixture)).toMatchObject({ state: 'open' });
    expect(fixture.vendor.levelOf('eve', 'thing')).toBe('read');
  });

  test('nobody adopts their own access, but may revoke it', async () => {
    await fixture.edit('people.yaml', '{ slack: [U0CY, U0CY2] }', '{ slack: [U0CY, U0CY2], fake: fay }');
    const finding = await found('fay');
    expect(await carriedOut(fixture, 'adopt', finding)).toMatchObject({ error: { code: 'own-finding' } });
    expect(await carriedOut(fixture, 'revoke', finding)).toMatchObject({ ok: true });
  });

  test('an account that nobody in people.yaml has needs two people to adopt it', async () => {
    await fixture.edit(
      'catalogue.yaml',
      'entitlements:',
      'security: { people: [person:cy, person:dee] }\nentitlements:',
    );
    const finding = await found('fay');
    const alone = { error: { code: 'second-person-needed' } };
    expect(await carriedOut(fixture, 'adopt', finding)).toMatchObject(alone);
    expect(await carriedOut(fixture, 'adopt', finding)).toMatchObject(alone);
    const recorded = `select by from finding_decision where finding_id = '${finding.id}'`;
    expect(await rowsOf(fixture.url, recorded)).toEqual([{ by: 'cy' }]); // A repeated refusal adds nothing (T30).
    expect(await namesIn(fixture, 'adopted')).toEqual([]);
    expect(await carriedOut(fixture, 'adopt', finding, { by: 'dee' })).toMatchObject({ ok: true });
    expect(await namesIn(fixture, 'adopted')).toEqual(['fay']);
  });

  test('of two decisions the first one counts, and the second person is told who decided (I8)', async () => {
    const finding = await found();
    await decided(fixture, 'adopt', finding);
    const second = await carriedOut(fixture, 'revoke', finding);
    expect(second).toMatchObject({ error: { code: 'finding-over', by: 'cy', pending: 'adopt' } });
    expect(await namesIn(fixture, 'adopted')).toEqual(['eve']);
  });

  test('a click that is delivered twice decides once (F18)', async () => {
    const finding = await found();
    const id = 'click_01234567890123456789012345' as never;
    expect((await decided(fixture, 'adopt', finding, { id })).outcome.ok).toBe(true);
    expect((await decided(fixture, 'adopt', finding, { id })).outcome.ok).toBe(true);
    expect(await carriedOut(fixture, 'revoke', finding)).toMatchObject({ ok: false });
  });

  test('while the policy cannot be read, nobody decides (I14)', async () => {
    const finding = await found();
    await fixture.edit('catalogue.yaml', 'entitlements:', 'entitelments:');
    expect(await carriedOut(fixture, 'adopt', finding)).toMatchObject({ error: { code: 'not-allowed' } });
  });
});

describe('the cap on revocations (B18)', () => {
  const NAMES = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'];
  async function sixFound() {
    await reconciled(fixture);
    people(fixture, NAMES);
    await reconciledAgain(fixture);
    return [...(await findingsIn(fixture, 'open'))];
  }

  test('a fifth of six members is one: the second revocation within an hour stops, with the number', async () => {
    const [one, two, three] = await sixFound();
    if (!one || !two || !three) throw new Error('there are too few findings');
    expect(await carriedOut(fixture, 'revoke', one)).toMatchObject({ ok: true });
    expect(await carriedOut(fixture, 'revoke', two)).toMatchObject({
      error: { code: 'over-removal-cap', count: 2, allowed: 1 },
    });
    expect(fixture.vendor.state().holdings).toHaveLength(5);
    expect(await carriedOut(fixture, 'revoke', two, { confirmed: 2 })).toMatchObject({ ok: true });
    // The number that was confirmed does not count for the next one.
    expect(await carriedOut(fixture, 'revoke', three, { confirmed: 2 })).toMatchObject({
      error: { code: 'over-removal-cap', count: 3 },
    });
    await fixture.shiftClock(61 * MINUTE);
    expect(await carriedOut(fixture, 'revoke', three)).toMatchObject({ ok: true });
  });

  test('decisions that are not carried out yet count too', async () => {
    const [one, two] = await sixFound();
    if (!one || !two) throw new Error('there are too few findings');
    await decided(fixture, 'revoke', one);
    expect((await decided(fixture, 'revoke', two)).outcome).toMatchObject({
      error: { code: 'over-removal-cap', count: 2 },
    });
  });
});

describe('the places under the cap, which looks take before they revoke (B18)', () => {
  test('of two at once one takes the only place, and gives it back when nothing was revoked', async () => {
    const leases = [firstLease(await live(fixture)), firstLease(await live(fixture, 'look'))];
    const claim = (lease: (typeof leases)[number]) =>
      fixture.as.sweeper.claimRemoval({ lease, provider: 'fake', key: 'thing' }, ({ count }) => count < 1);
    const count = async () => (await fixture.as.sweeper.removalsAt('fake', 'thing')).count;
    const [taken, ...others] = (await Promise.all(leases.map(claim))).filter((each) => each !== undefined);
    if (!taken) throw new Error('nobody has a place');
    expect(others).toEqual([]);
    expect(await count()).toBe(1);
    await fixture.as.sweeper.releaseRemoval(taken);
    expect(await count()).toBe(0);
  });

  test('a decision about an object with our mark counts at the target of its lease', async () => {
    await fixture.edit('catalogue.yaml', 'entitlements:', 'security: { people: [person:cy] }\nentitlements:');
    const lease = firstLease(await live(fixture));
    const mark = { kind: 'mark', provider: 'fake', targetKey: `mark ${lease}`, targetName: 'thing' } as const;
    await fixture.as.sweeper.recordFindings([
      {
        ...mark,
        target: {},
        what: 'thing',
        subject: { id: 'x', name: 'ana' },
        lease,
        level: 'present',
        onLadder: true,
        sources: [],
      },
    ]);
    expect((await decided(fixture, 'revoke', await only(fixture))).outcome.ok).toBe(true);
    expect((await fixture.as.sweeper.removalsAt('fake', 'thing')).count).toBe(1);
  });
});

describe('the schedule', () => {
  test('two sweepers share the targets: each is read once', async () => {
    const other = openLedger(fixture.url, { role: 'sweeper' });
    const read: string[] = [];
    const noting = discovering((inner) => (target, at) => {
      read.push((target as { resource: string }).resource);
      return inner.discover(target, at);
    });
    try {
      await Promise.all([
        reconciled(noting),
        reconciled({ ...noting, as: { ...noting.as, sweeper: other } }),
      ]);
    } finally {
      await other.close();
    }
    expect([...read].sort()).toEqual(['other', 'thing']);
  });

  test('a target is read again after its time, and not before', async () => {
    await reconciled(fixture);
    people(fixture, ['eve']);
    expect(await reconciled(fixture)).toEqual([]);
    await fixture.shiftClock(16 * MINUTE);
    await reconciled(fixture);
    expect(await namesIn(fixture, 'open')).toEqual(['eve']);
  });

  test('a live lease whose access does not show is looked at again at once', async () => {
    await reconciled(fixture);
    const request = await live(fixture);
    await fixture.shiftClock(2 * MINUTE);
    await looked(fixture);
    fixture.vendor.setLevel('ana', 'thing', 'none');
    expect(await looked(fixture)).toEqual([]);
    await reconciledAgain(fixture);
    expect(await looked(fixture)).toEqual([{ lease: firstLease(request), what: 'less' }]);
  });
});

describe('objects with our mark', () => {
  const mark = (lease: string) => {
    const id = [...fixture.vendor.state().accounts][0]?.[0] ?? '';
    fixture.vendor.log.append({ at: 1, op: 'marked', id, target: 'thing', lease: lease as never, endsAt: 1 });
  };

  test('one whose lease the ledger does not have is a finding that Curfew neither adopts nor revokes', async () => {
    mark('lease_01234567890123456789012345_0');
    await reconciled(fixture);
    const finding = (await findingsIn(fixture, 'open')).find(({ provider }) => provider === 'fake');
    expect(finding).toMatchObject({
      kind: 'mark',
      what: 'thing',
      lease: 'lease_01234567890123456789012345_0',
    });
    if (!finding) throw new Error('there is no finding');
    await fixture.edit(
      'catalogue.yaml',
      'entitlements:',
      'security: { people: [group:owners] }\nentitlements:',
    );
    expect(await carriedOut(fixture, 'adopt', finding)).toMatchObject({ error: { code: 'cannot-adopt' } });
    expect(await carriedOut(fixture, 'revoke', finding)).toMatchObject({ error: { code: 'cannot-revoke' } });
  });

  test('what a lease left that has its receipt is revoked again and recorded as repaired', async () => {
    const request = await live(fixture);
    await ended(fixture, request);
    mark(firstLease(request));
    fixture.vendor.setLevel('ana', 'thing', 'write');
    const reports = await reconciled(fixture);
    expect(reports).toContainEqual(expect.objectContaining({ target: 'marks', repaired: 1 }));
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.kinds(request)).toMatch(/closed repaired$/);
  });

  test('one of a live lease is not revoked, although somebody decided so while it seemed to be over', async () => {
    await fixture.edit('catalogue.yaml', 'entitlements:', 'security: { people: [person:cy] }\nentitlements:');
    const request = await live(fixture);
    const lease = firstLease(request);
    await fixture.as.sweeper.recordFindings([
      {
        ...{ kind: 'mark', provider: 'fake', targetKey: `mark ${lease}`, targetName: 'thing', what: 'thing' },
        ...{ target: { resource: 'thing', level: 'write' }, subject: { id: 'x', name: 'ana' }, lease },
        ...{ level: 'present', onLadder: true, sources: [] },
      },
    ]);
    await carriedOut(fixture, 'revoke', await only(fixture));
    expect(fixture.levelOf()).toBe('write');
    expect((await only(fixture)).problem).toContain('is not over');
  });

  test('a live lease explains its mark', async () => {
    await live(fixture);
    await reconciled(fixture);
    expect(await findingsIn(fixture, 'open')).toEqual([]);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { LeaseId } from '../../core/ids.ts';
import { approvedIn } from './ledger.fixture.ts';
import { ledger, rows } from './own-ledger.fixture.ts';

const lease = (letter: string): LeaseId => `lease_${'0'.repeat(25)}${letter}_0` as LeaseId;

describe('the serial of the manifest', () => {
  test('is given out once each, also to many writers at the same time, and only grows (I25)', async () => {
    await ledger.addManifestEntry(lease('a'));
    const writes = await Promise.all(Array.from({ length: 20 }, () => ledger.beginManifestWrite(lease('a'))));
    const serials = writes.flatMap((write) => (write ? [write.serial] : []));
    expect(new Set(serials).size).toBe(20);
    expect(await ledger.manifestSerial()).toBe(Math.max(...serials));
  });

  test.each([
    ['lowered', 'update manifest_serial set serial = serial - 1'],
    ['deleted', 'delete from manifest_serial'],
    ['emptied', 'truncate manifest_serial'],
  ])('cannot be %s, not even by the owner of the table', async (_what, statement) => {
    await ledger.addManifestEntry(lease('a'));
    await ledger.beginManifestWrite(lease('a'));
    await expect(rows(statement)).rejects.toMatchObject({ code: 'CRF01' });
  });

  test.each([
    ['raised so far that no number is left', 'update manifest_serial set serial = 9000000000000000000'],
    ['raised by more than a million at once', 'update manifest_serial set serial = serial + 1000001'],
  ])('cannot be %s, not even by the owner of the table', async (_what, statement) => {
    await expect(rows(statement)).rejects.toMatchObject({ code: '23514' });
  });

  test('is raised above that of a manifest that is millions ahead (I25)', async () => {
    const manifestSerial = (await ledger.manifestSerial()) + 2_500_000;
    await ledger.quarantine({ reason: 'restored', ledgerSerial: 1, manifestSerial, plan: [] });
    expect(await ledger.manifestSerial()).toBe(manifestSerial);
  });
});

describe('a write of an entry', () => {
  test('a change after it began is written again', async () => {
    await ledger.addManifestEntry(lease('b'));
    const write = await ledger.beginManifestWrite(lease('b'));
    await ledger.wantManifestEntry(lease('b'));
    if (write) await ledger.endManifestWrite(write, 'live');
    expect(await ledger.unwrittenOf([lease('b')])).toEqual([lease('b')]);
  });

  test('one that ends late says which object counts no more: its own', async () => {
    await ledger.addManifestEntry(lease('c'));
    const [first, second] = [
      await ledger.beginManifestWrite(lease('c')),
      await ledger.beginManifestWrite(lease('c')),
    ];
    expect(second && (await ledger.endManifestWrite(second, 'over'))).toBeUndefined();
    expect(first && (await ledger.endManifestWrite(first, 'live'))).toBe(first?.serial);
    expect((await ledger.storedEntries()).find((each) => each.lease === lease('c'))).toMatchObject({
      serial: second?.serial,
      state: 'over',
    });
  });

  test('one that the ledger lost meanwhile is no write, so nothing is granted after it (F05, I25)', async () => {
    await ledger.addManifestEntry(lease('f'));
    const write = await ledger.beginManifestWrite(lease('f'));
    await rows(`delete from manifest_entry where lease_id = '${lease('f')}'`);
    await expect(write && ledger.endManifestWrite(write, 'live')).rejects.toMatchObject({
      code: 'quarantine',
    });
  });

  test('an entry cannot be marked as written for the future', async () => {
    await ledger.addManifestEntry(lease('e'));
    await expect(rows('update manifest_entry set written = 1000000')).rejects.toMatchObject({
      code: '23514',
    });
  });

  test('a lease without an entry has none to write', async () => {
    expect(await ledger.beginManifestWrite(lease('d'))).toBeUndefined();
    await ledger.wantManifestEntry(lease('d'));
    expect(await ledger.unwrittenOf([lease('d')])).toEqual([]);
  });
});

test('an end that is no number keeps no other end of a lease from being known (T24)', async () => {
  const request = await approvedIn(ledger);
  const [known] = await ledger.leasesOf(request);
  for (const [seq, kind] of [
    [100, 'extended'],
    [101, 'extension-started'],
  ] as const)
    await rows(
      `insert into event (request_id, seq, step, kind, body, via, at) values ($1, $2, $3, $3, $4, 'cli', ledger_now())`,
      [request, seq, kind, JSON.stringify({ kind, endsAt: 'never' })],
    );
  expect(await ledger.knownLeases([known?.id as LeaseId])).toMatchObject([
    { standing: { endsAt: known?.endsAt } },
  ]);
});

test.each<[string, readonly string[], number, number]>([
  ['of an extension that was carried out is the end', ['extension-started', 'extended'], 9_000, 9_000],
  ['that somebody adopted is the end', ['end-adopted'], 9_000, 9_000],
  ['of an extension that was approved may come', ['extension-started'], 0, 9_000],
])(
  'the ledger knows by its events: a later end %s, and causes no quarantine (I25)',
  async (_what, kinds, ...more) => {
    const request = await approvedIn(ledger);
    const [first] = await ledger.leasesOf(request);
    const endsAt = first?.endsAt ?? 0;
    for (const [nth, kind] of kinds.entries())
      await rows(
        `insert into event (request_id, seq, step, kind, body, via, at) values ($1, $2, $3, $3, $4, 'cli', ledger_now())`,
        [request, 100 + nth, kind, JSON.stringify({ kind, endsAt: endsAt + 9_000 })],
      );
    const [known] = await ledger.knownLeases([first?.id as LeaseId]);
    expect([known?.standing?.endsAt, known?.standing?.latestEnd]).toEqual(more.map((ms) => endsAt + ms));
  },
);

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportLog } from '../../../audit/export.ts';
import { verifyBundle } from '../../../audit/verify/verify.mjs';
import { erasePerson } from '../../../ledger/erasure/erase.ts';
import type { RequestId } from '../../../core/ids.ts';
import { LOG_KEYS, publishAll } from '../../audit/published.fixture.ts';
import { ana, bo, deny } from '../../core/request/request.fixture.ts';
import { grantedIn, openedIn, revokedIn, stepOf } from '../ledger.fixture.ts';
import { database, ledger, rows } from '../own-ledger.fixture.ts';

let folder: string;
let closed: RequestId;
let denied: RequestId;
let open: RequestId;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curfew-erase-'));
  closed = await grantedIn(ledger);
  await revokedIn(ledger, closed);
  denied = await openedIn(ledger);
  await ledger.record({
    ...stepOf(denied, 'click/deny', (at) => deny(bo, at)),
    freeText: { kind: 'denial', salt: 's', body: 'not today' },
  });
  open = await openedIn(ledger);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The report of the verifier about an export of everything. */
async function verified(name: string) {
  await publishAll(ledger);
  const bundle = join(folder, name);
  const { trusted } = LOG_KEYS;
  await exportLog(ledger, bundle, {
    ...{ name: LOG_KEYS.name, trusted, witnesses: [], places: new Map(), exportedAt: new Date(0) },
  });
  return verifyBundle(bundle, { keys: trusted.map(({ text }) => text) });
}

describe('what a person wrote is erased, and the log still verifies (T37)', () => {
  test('before, it verifies with the texts', async () => {
    expect(await verified('before')).toMatchObject({ ok: true, problems: [] });
  });

  test('the texts and the name of closed requests are gone, and those of open ones stay', async () => {
    expect(await erasePerson(database.url, { person: ana, by: 'root' })).toMatchObject({
      requests: 2,
      open: 1,
    });
    expect(await ledger.readFreeText(closed)).toEqual({});
    expect(await ledger.readFreeText(open)).toEqual({ reason: 'incident 4312' });
    expect((await ledger.readShown(closed)).requester).toEqual({ name: '(erased)' });
    expect((await ledger.readShown(open)).requester.name).toBe('Ana Ferreira');
    expect(await rows('select from event_text where request_id = $1', [closed])).toEqual([]);
  });

  test('what an approver wrote to deny is erased with their name', async () => {
    const other = await openedIn(ledger);
    await ledger.record({
      ...stepOf(other, 'click/deny-2', (at) => deny(bo, at)),
      freeText: { kind: 'denial', salt: 's', body: 'never' },
    });
    await erasePerson(database.url, { person: bo, by: 'root' });
    expect(await ledger.readFreeText(other)).toEqual({ reason: 'incident 4312' });
  });

  test('an id of which the ledger has nothing, such as a mistyped one, is not in the log', async () =>
    expect(await erasePerson(database.url, { person: 'anna', by: 'root' })).toEqual({
      requests: 0,
      texts: 0,
      names: 0,
      open: 0,
      unsettled: 0,
    }));

  test('afterwards it verifies without them, and the log says who erased them', async () => {
    expect(await verified('after')).toMatchObject({ ok: true, problems: [] });
    const { size } = await ledger.logProgress();
    const types = (await ledger.rowsOfEntries(0, size)).filter((row) => row?.type === 'erasure');
    expect(types.map((row) => row?.body)).toEqual([
      { person: ana, requests: 2, by: 'root' },
      { person: bo, requests: 0, by: 'root' },
    ]);
  });
});

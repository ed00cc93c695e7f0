import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { exportLog } from '../../../audit/export.ts';
import { verifyBundle } from '../../../audit/verify/verify.mjs';
import { clickIdOf, type RequestId } from '../../../core/ids.ts';
import { type ErasureResult, erasePerson } from '../../../ledger/erasure/erase.ts';
import { examineAll } from '../../audit/examined.fixture.ts';
import { LOG_KEYS, publishAll } from '../../audit/published.fixture.ts';
import { ana, bo, deny } from '../../core/request/request.fixture.ts';
import { approvedIn, confirmGranted, newRequest, openedIn, target } from '../ledger.fixture.ts';
import { database, ledger, rows } from '../own-ledger.fixture.ts';
import { allColumns, WITH_WORDS, WITHOUT_WORDS } from './columns.fixture.ts';
import { click, faultsOf, otherWork } from './other-work.fixture.ts';
import {
  ACCOUNTS,
  endedAndSettled,
  longRequest,
  more,
  NAME_AS_ID,
  said,
  settle,
} from './requests.fixture.ts';
import { columnsWithWord, filesWithWord, word } from './words.fixture.ts';

let folder: string;
let request: RequestId;
let erased: ErasureResult;

/** The report of the verifier about an export of everything. */
async function verified(name: string) {
  await publishAll(ledger);
  const bundle = join(folder, name);
  const { trusted } = LOG_KEYS;
  const keys = { name: LOG_KEYS.name, trusted, witnesses: [], places: new Map(), exportedAt: new Date(0) };
  await exportLog(ledger, bundle, keys);
  return verifyBundle(bundle, { keys: trusted.map(({ text }) => text) });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curfew-erase-'));
  request = await longRequest();
  await endedAndSettled(request);
  const denied = await openedIn(ledger, more);
  await said(denied, 'denial', (at) => deny(bo, at));
  await click('end', 'cli', request);
  await click('request', 'slack', newRequest());
  await otherWork();
  await faultsOf(request);
  await settle();
  await rows('update access_check set problem = $1', [word('problem')]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('every column that can hold words is filled by this test, or is in the list of those that have no words of a person (T37)', async () => {
  const columns = (await allColumns())
    .filter(({ isWord }) => isWord)
    .map(({ place }) => place)
    .sort();
  const without = Object.values(WITHOUT_WORDS).flatMap((list) => list.trim().split(/\s+/));
  expect(columns).toEqual([...WITH_WORDS, ...without].sort());
});

describe('what a person wrote, and their names (T37)', () => {
  test('is in these columns before, and the log verifies', async () => {
    expect(await columnsWithWord()).toEqual(WITH_WORDS);
    expect(await verified('before')).toMatchObject({ ok: true, problems: [] });
  });

  test('is in no column of any table after an erasure, and the log still verifies', async () => {
    erased = await erasePerson(database.url, { person: ana, by: 'root' });
    expect(await columnsWithWord()).toEqual([]);
    expect(erased).toMatchObject({ requests: 2, open: 0, unsettled: 0 });
    expect(await verified('after')).toMatchObject({ ok: true, problems: [] });
  });

  test('is in no file of an export after an erasure', async () => {
    expect(await filesWithWord(join(folder, 'before'))).toEqual([
      'free-texts.jsonl',
      'not-proven/click.jsonl',
      'not-proven/use_reading.jsonl',
      'texts.jsonl',
    ]);
    expect(await filesWithWord(join(folder, 'after'))).toEqual([]);
  });

  test('stays only as an id of a vendor, where that is the name of the account', async () => {
    expect(await columnsWithWord(NAME_AS_ID)).toEqual([
      'access_period.account_id',
      'event.body',
      'holding.subject_id',
    ]);
  });

  test('was erased so that the examination of the log finds no difference', async () => {
    expect(await examineAll({ ledger, url: database.url })).toBeUndefined();
  });

  test('is gone, and who held what and when is answered as before', async () => {
    const held = await rows(
      'select person, entitlement, provider, target_name, account_name, account_id, level from audit.access where basis = $1 order by provider',
      ['granted'],
    );
    const access = { person: ana, entitlement: 'orders-db', level: 'write', account_name: '(erased)' };
    expect(held).toMatchObject([
      { ...access, provider: 'fake', target_name: 'thing-of-fake', account_id: 'id-at-fake' },
      { ...access, provider: 'other', target_name: 'thing-of-other', account_id: 'id-at-other' },
      { ...access, provider: 'plain', target_name: 'thing-of-plain', account_id: 'wombat-at-plain' },
    ]);
    const keys = await rows<{ id: string; lock_key: string }>(
      'select id, lock_key from lease where request_id = $1 order by position',
      [request],
    );
    expect(keys.map(({ lock_key }) => lock_key)).toEqual(
      keys.map(({ id }, at) => `${ACCOUNTS[at]?.provider}\n${ACCOUNTS[at]?.lockKey}\n${id}`),
    );
  });

  test('can be erased again, which changes nothing more', async () => {
    const before = await rows('select lock_key from lease order by id');
    expect(await erasePerson(database.url, { person: ana, by: 'root' })).toMatchObject({
      ...erased,
      texts: 0,
      names: expect.any(Number),
    });
    expect(await rows('select lock_key from lease order by id')).toEqual(before);
  });

  test('the same access can be requested, granted and revoked again afterwards', async () => {
    const again = await longRequest();
    await endedAndSettled(again);
    expect((await ledger.readState(again)).state.kind).toBe('closed');
  });
});

test('an erasure of somebody who only typed something is in the log', async () => {
  const id = clickIdOf(uuidv7());
  await rows(
    `insert into click (id, kind, request_id, via, account, person, body, done_at, outcome)
     values ($1, 'request', 'req_refused', 'cli', 'os', 'zed', '{"entitlement":"typed"}', now(), '{"kind":"refused"}')`,
    [id],
  );
  const nothing = { requests: 0, texts: 0, open: 0, unsettled: 0 };
  expect(await erasePerson(database.url, { person: 'zed', by: 'root' })).toEqual({ ...nothing, names: 1 });
  expect(await rows(`select requests from erasure where person = 'zed'`)).toEqual([{ requests: 0 }]);
});

test('an access without an intent has no id of a vendor, so the name in its place is erased', async () => {
  const id = await approvedIn(ledger, { targets: [{ ...target, account: word('without-intent') }] });
  const [lease] = await ledger.leasesOf(id);
  if (!lease) throw new Error('there is no lease');
  await ledger.record(confirmGranted(lease, 'write'));
  await endedAndSettled(id);
  await erasePerson(database.url, { person: ana, by: 'root' });
  expect(await columnsWithWord()).toEqual([]);
  expect(await examineAll({ ledger, url: database.url })).toBeUndefined();
});

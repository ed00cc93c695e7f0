import { describe, expect, test } from '@jest/globals';
import { type LeaseId, requestIdOfLease } from '../../core/ids.ts';
import { entryOf } from '../../audit/entry.ts';
import { leafHash } from '../../audit/tree/hash.ts';
import { rootOfFull, TILE_WIDTH } from '../../audit/tree/tiles.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import {
  alter,
  anApproval,
  changeHash,
  changeOf,
  examined,
  fixture,
  theirLease,
} from './altered-log.fixture.ts';
import { endQuarantineOf, examineAll } from './examined.fixture.ts';
import { publishAll } from './published.fixture.ts';

/** The hashes that the rows of the first tile give now. */
const hashesOfFirstTile = async (): Promise<readonly Buffer[]> =>
  (await fixture.ledger.rowsOfEntries(0, TILE_WIDTH)).flatMap((row) =>
    row ? [leafHash(entryOf(row).bytes)] : [],
  );

describe('an examination of the whole log (I21, T24)', () => {
  test('finds nothing when nobody changed anything, also after extensions, with several targets and once more', async () => {
    expect(await rowsOf(fixture.url, 'select from access_period')).toHaveLength(3);
    expect(await examineAll(examined)).toBeUndefined();
    await publishAll(fixture.ledger);
    expect(await examineAll(examined)).toBeUndefined();
    expect(await examined.ledger.lastExamination()).toMatchObject({ found: 0, days: 7 });
  });

  test('finds an old event that was changed in a full tile, and names it', async () => {
    const { index, id } = await anApproval();
    await alter(changeOf(id));
    expect(await examineAll(examined)).toContain(`entry ${index} of the log is not the row "${id}" any more`);
  });

  test('finds an event that was deleted', async () => {
    const { index, id } = await anApproval();
    await alter(`delete from event where request_id || '/' || seq = '${id}'`);
    expect(await examineAll(examined)).toContain(`entry ${index} of the log is not in its table any more`);
  });

  test('finds an entry that is another row, or none', async () => {
    await alter(
      'update log_entry set log_id = -log_id where index = 3',
      'delete from log_entry where index = 4',
    );
    const reason = await examineAll(examined);
    expect(reason).toContain('entry 3 of the log is not in its table any more');
    expect(reason).toContain('entry 4 of the log is not in its table any more');
  });

  test.each<[string, boolean]>([
    ['its hash', false],
    ['the hashes of all levels', true],
  ])('finds an event that was changed together with %s', async (_what, isWhole) => {
    const { index, id } = await anApproval();
    await alter(changeOf(id));
    const hashes = await hashesOfFirstTile();
    await alter(changeHash(0, index, hashes[index]));
    if (isWhole) await alter(changeHash(1, 0, rootOfFull(hashes)));
    const reason = await examineAll(examined);
    const [, first = '', last = ''] =
      /one of the entries (\d+) to (\d+) of the log is not the one/.exec(reason ?? '') ?? [];
    expect([Number(first) <= index, Number(last) >= index, Number(last) < 20]).toEqual([true, true, true]);
    expect(reason).not.toContain('any more');
    await endQuarantineOf(examined);
    expect(await examineAll(examined)).toBeUndefined();
  });

  test.each<[string, () => string, string]>([
    ['an entry', () => changeHash(0, 3), 'the hash of entry 3 of the log'],
    ['an entry that is not in a full tile', () => changeHash(0, 320), 'the hash of entry 320 of the log'],
    ['the level above', () => changeHash(1, 0), 'hash 0 of level 1 of the tree is not that of its entries'],
    [
      'a tile that is gone',
      () => 'delete from log_tile where level = 0 and n = 0',
      'the hash of entry 0 of the log',
    ],
  ])('finds a changed hash of %s alone', async (_what, change, expected) => {
    await alter(change());
    const reason = await examineAll(examined);
    expect(reason).toContain(expected);
    expect(reason).not.toContain('any more');
  });

  test.each<[string, (lease: string) => string, string]>([
    [
      'an end',
      (lease) => `update access_period set ended_at = granted_at where lease_id = '${lease}'`,
      'ended_at',
    ],
    [
      'a planned end',
      (lease) => `update access_period set ends_at = ends_at - interval '1 h' where lease_id = '${lease}'`,
      'ends_at',
    ],
    ['a person', (lease) => `update access_period set person = 'bo' where lease_id = '${lease}'`, 'person'],
    [
      'a target',
      (lease) => `update access_period set target_key = 'x' where lease_id = '${lease}'`,
      'target_key',
    ],
    [
      'an account',
      (lease) => `update access_period set account_id = 'x' where lease_id = '${lease}'`,
      'account_id',
    ],
    ['a level', (lease) => `update access_period set level = 'x' where lease_id = '${lease}'`, 'level'],
    [
      'another request',
      (lease) => `update access_period set request_id = 'x' where lease_id = '${lease}'`,
      'request_id',
    ],
    [
      'a row that is gone',
      (lease) => `delete from access_period where lease_id = '${lease}'`,
      'is missing in the answers',
    ],
    [
      'a row and its lease that are gone',
      (lease) =>
        `with gone as (delete from lease where id = '${lease}') delete from access_period where lease_id = '${lease}'`,
      'is missing in the answers',
    ],
  ])('finds %s in the answers about access', async (_what, change, expected) => {
    const lease = theirLease();
    await alter(change(lease));
    const reason = await examineAll(examined);
    expect(reason).toContain(`the access of ${lease} is `);
    expect(reason).toContain(expected);
  });

  test.each(['lease_00000000000000000000000000_0', 'lease_zzzzzzzzzzzzzzzzzzzzzzzzzz_0', 'forged'])(
    'finds access of %s that no event granted',
    async (lease) => {
      await alter(
        `insert into access_period (lease_id, request_id, person, entitlement, provider, target_name, target_key, account_id, account_name, level,
                                    granted_at, granted_seq, changed_at)
         values ('${lease}', 'req_1', 'bo', 'thing', 'fake', 'x', 'x', 'x', 'x', 'read', now(), 1, now())`,
      );
      expect(await examineAll(examined)).toContain(
        `the access of ${lease} is in the answers, and no event says`,
      );
    },
  );

  test.each<[what: string, number: string, before: string, expected: RegExp]>([
    ['with a number that no row gets', '-1', '', /the row "event req_\w+\/900" has no number of the log/],
    [
      'without a number',
      'null',
      'alter table event alter log_id drop not null, drop constraint event_is_sound',
      /the row "event req_\w+\/900" has no number of the log/,
    ],
    [
      'with the number of another row',
      '(select log_id from log_entry where index = 3)',
      '',
      /the rows "event \S+" and "event \S+" have one number, so the log has one of them/,
    ],
  ])(
    'finds an event that is not in the log, %s, also when the answers fit it',
    async (_what, number, before, expected) => {
      const request = requestIdOfLease(theirLease() as LeaseId);
      await alter(
        ...(before === '' ? [] : [before]),
        `insert into event (request_id, seq, step, kind, body, via, at, log_id)
       values ('${request}', 900, 'forged', 'revoked', '{"kind":"revoked","lease":"${theirLease()}","at":1}', 'workflow', now(), ${number})`,
        `delete from access_period where request_id = '${request}'`,
        `select write_access_periods('${request}')`,
      );
      expect(await examineAll(examined)).toMatch(expected);
    },
  );

  test('says of several differences at once, and how many more there are', async () => {
    await alter(`update event set body = body || '{"x":1}' where seq > 1000 and seq < 1100`);
    expect(await examineAll(examined)).toMatch(/(entry \d+ of the log is not the row .*){5}; and \d+ more$/);
  });
});

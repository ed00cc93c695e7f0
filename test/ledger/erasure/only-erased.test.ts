import { beforeAll, describe, expect, test } from '@jest/globals';
import { grantedIn } from '../ledger.fixture.ts';
import { ledger, rows } from '../own-ledger.fixture.ts';

beforeAll(async () => {
  const [lease] = await ledger.leasesOf(await grantedIn(ledger));
  await rows(
    `insert into use_reading (lease_id, read_at, source, kind, why) values ($1, now(), 'fake', 'unknown', 'ana has no rights')`,
    [lease?.id],
  );
  await rows(
    `insert into finding_decision (click_id, finding_id, kind, by, via, refusal)
     values ('refused', 'f', 'adopt', 'cy', 'cli', '{"code":"cannot-adopt","why":"ana is in a group"}'),
            ('counted', 'f', 'revoke', 'cy', 'cli', null)`,
  );
});

/** Each table of which an erasure changes one text, with where the text is, a statement that erases it, and statements that do something else. */
const ERASABLE = [
  {
    table: 'use_reading',
    text: `why`,
    erase: `update use_reading set why = '(erased)'`,
    others: [
      `update use_reading set why = 'another reason'`,
      `update use_reading set why = '(erased)', source = 'x'`,
      `update use_reading set why = '(erased)', read_at = read_at + interval '1 microsecond'`,
      'update use_reading set why = why',
      'delete from use_reading',
      'truncate use_reading',
    ],
  },
  {
    table: 'finding_decision',
    text: `refusal ->> 'why'`,
    erase: `update finding_decision set refusal = jsonb_set(refusal, '{why}', '"(erased)"') where refusal is not null`,
    others: [
      `update finding_decision set refusal = '{"code":"cannot-adopt","why":"another"}'`,
      `update finding_decision set refusal = '{"code":"cannot-revoke","why":"(erased)"}'`,
      `update finding_decision set refusal = null`,
      `update finding_decision set refusal = '{"why":"(erased)"}' where refusal is null`,
      `update finding_decision set refusal = jsonb_set(refusal, '{why}', '"(erased)"'), by = 'bo' where refusal is not null`,
      'update finding_decision set by = by',
      'delete from finding_decision',
      'truncate finding_decision',
    ],
  },
] as const;

describe.each(ERASABLE)('a row of $table', (row) => {
  test.each(row.others)('is changed by nobody, not even the owner of the tables: %s', async (statement) => {
    await expect(rows(statement)).rejects.toMatchObject({ code: 'CRF01' });
  });

  test('can have one text erased, by the owner of the tables', async () => {
    await rows(row.erase);
    const texts = await rows(`select ${row.text} as text from ${row.table} where ${row.text} is not null`);
    expect(texts).toEqual([{ text: '(erased)' }]);
  });
});

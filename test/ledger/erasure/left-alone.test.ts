import { describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type Instant, massEndingIdOf } from '../../../core/ids.ts';
import { erasePerson } from '../../../ledger/erasure/erase.ts';
import { ana, bo, cy, dee } from '../../core/request/request.fixture.ts';
import { grantedIn, newRequest, opening } from '../ledger.fixture.ts';
import { database, ledger, rows } from '../own-ledger.fixture.ts';
import { ACCOUNTS, endedAndSettled, longRequest, settle } from './requests.fixture.ts';
import { columnsWithWord, word } from './words.fixture.ts';

/** Each reason for which a provider may still be asked about an access, as a statement about the lease `$1`. */
const STILL_NEEDED: readonly (readonly [why: string, statement: string])[] = [
  ['a look at the access is due', 'update access_check set next_at = now() where lease_id = $1'],
  ['a reading of its use is due', 'update use_plan set next_at = now() where lease_id = $1'],
  [
    'its entry in the manifest must be written',
    'insert into manifest_entry (lease_id, wanted, written) values ($1, 2, 1) on conflict (lease_id) do update set wanted = excluded.wanted, written = excluded.written',
  ],
  [
    'the access is in doubt',
    `update provider_lock set doubt_until = now() + interval '1 hour', doubt_since = now() where key = (select lock_key from lease where id = $1)`,
  ],
  [
    'a verification is due',
    'update provider_lock set verify_at = now() where key = (select lock_key from lease where id = $1)',
  ],
  [
    'another lease of the same account has access',
    'update holding set closed_at = null where id = (select holding_id from lease where id = $1)',
  ],
];

describe('the account of a closed request stays', () => {
  test.each(STILL_NEEDED)('while %s, and is erased afterwards', async (_why, statement) => {
    await erasePerson(database.url, { person: ana, by: 'root' });
    const its = await longRequest();
    await endedAndSettled(its);
    const [lease] = await ledger.leasesOf(its);
    await rows(statement, [lease?.id]);
    expect(await erasePerson(database.url, { person: ana, by: 'root' })).toMatchObject({ unsettled: 1 });
    expect((await columnsWithWord()).filter((each) => !each.startsWith('access_period'))).toEqual([
      'holding.subject_name',
      'lease.lock_key',
      'provider_lock.key',
      'request.targets',
    ]);
    await settle();
    await rows('update provider_lock set doubt_until = null, doubt_since = null, verify_at = null');
    await rows('update holding set closed_at = coalesce(closed_at, now())');
    expect(await erasePerson(database.url, { person: ana, by: 'root' })).toMatchObject({ unsettled: 0 });
    expect(await columnsWithWord()).toEqual([]);
  });
});

describe('an erasure leaves alone', () => {
  test('what an open request needs, and the texts of it', async () => {
    const open = await longRequest();
    expect(await erasePerson(database.url, { person: ana, by: 'root' })).toMatchObject({ open: 1 });
    expect((await ledger.readTargets(open)).map(({ account }) => account)).toEqual(
      ACCOUNTS.map(({ account }) => account),
    );
    expect(await ledger.readFreeText(open)).toMatchObject({
      reason: word('reason'),
      question: word('question'),
    });
    await endedAndSettled(open);
  });

  test('a submission that waits for its workflow, with what the person typed', async () => {
    const id = clickIdOf(uuidv7());
    const body = { entitlement: 'orders-db', length: '1h', reason: word('waiting') };
    await rows(
      `insert into click (id, kind, request_id, via, account, person, body, done_at, outcome)
       values ($1, 'request', 'req_waiting', 'cli', 'os', 'ana', $2, now(), '{"kind":"started"}')`,
      [id, JSON.stringify(body)],
    );
    await erasePerson(database.url, { person: ana, by: 'root' });
    expect((await ledger.readClick(id))?.body).toEqual(body);
    await rows('delete from click where id = $1', [id]);
  });

  test('the cut-offs of a mass ending whose lock holds', async () => {
    const id = massEndingIdOf(clickIdOf(uuidv7()));
    const scope = { kind: 'person', person: ana } as const;
    await ledger.writeMassEnding({ id, scope, by: dee, reason: 'left', needs: 1 });
    await ledger.writeCutOff(id, { provider: 'fake', seen: 'cut', toUndo: ['undo it'], done: [], again: [] });
    await erasePerson(database.url, { person: ana, by: 'root' });
    expect(await ledger.readCutOffs(id)).toEqual([{ provider: 'fake', seen: 'cut', toUndo: ['undo it'] }]);
    await ledger.writeLift({
      ...{ id, by: bo, click: clickIdOf(uuidv7()) },
      mayLift: () => Promise.resolve(true),
    });
    await erasePerson(database.url, { person: ana, by: 'root' });
    expect(await ledger.readCutOffs(id)).toEqual([{ provider: 'fake', seen: '(erased)', toUndo: [] }]);
  });

  test('the names of other people at the same targets', async () => {
    const others = ACCOUNTS.map((each) => ({ ...each, account: 'cy' }));
    const details = { ...opening(newRequest()).details, requester: cy };
    const its = await grantedIn(ledger, { details, targets: others }, 'write', {
      readAt: Infinity as Instant,
    });
    await endedAndSettled(its);
    await erasePerson(database.url, { person: ana, by: 'root' });
    expect((await ledger.readTargets(its)).map(({ account }) => account)).toEqual(ACCOUNTS.map(() => 'cy'));
  });
});

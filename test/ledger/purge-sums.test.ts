import { expect, test } from '@jest/globals';
import type { Instant, RequestId } from '../../core/ids.ts';
import { listRequests } from '../../ledger/purge/partitions.ts';
import { deleteRequests, dropPartitions } from '../../ledger/purge/rows.ts';
import { person } from '../core/request/request.fixture.ts';
import { asAdmin, shiftClock } from './database.fixture.ts';
import { approve, opening } from './ledger.fixture.ts';
import { database, ledger, rows } from './own-ledger.fixture.ts';

const [ana, bo, cy, dee] = [person('ana'), person('bo'), person('cy'), person('dee')];

/** Each sum as it is kept, and as its rows say, without what both have. */
const DIFFERENCES = {
  pairs: [
    'select person, other, approved::bigint, was_approved::bigint, first_at, last_at from approval_pair',
    `select least(person, requester collate "C"), greatest(person, requester collate "C"), count(*) filter (where person < requester collate "C"),
            count(*) filter (where person > requester collate "C"), min(at), max(at) from approval_list group by 1, 2`,
  ],
  policies: [
    'select policy, part, judged::bigint, first_at, last_at from policy_use',
    'select policy, policy_part(request_id), count(*), min(at), max(at) from judgement group by 1, 2',
  ],
  'first requests': [
    'select person, entitlement, request_id from first_request',
    `select distinct on (r.requester, r.entitlement) r.requester, r.entitlement, r.id from request r join judgement j on j.request_id = r.id and j.kind = 'judged'
      order by r.requester, r.entitlement, j.at, r.id`,
  ],
} as const;

test('sums are those of what stays, also when people request and approve while requests are removed', async () => {
  const [first] = await rows<{ name: string; before: Date; bound: string }>(
    'select name, before_at as before, request_ids_from(before_at) as bound from event_partition order by before_at limit 1',
  );
  if (!first) throw new Error('there is no partition');
  let made = 0;
  const approved = async (requester: typeof ana, approver: typeof ana, entitlement: string, prefix = '') => {
    const id = `${prefix || 'req_0000000000'}${String((made += 1)).padStart(16, '0')}` as RequestId;
    const { details, requirements, ...request } = opening(id);
    const stages = [{ needs: 1, approvers: [{ person: approver, because: 'x' }] }];
    await ledger.open({
      ...request,
      details: { ...details, requester, entitlement },
      requirements: { ...requirements, policy: `policy of ${entitlement}`, stages },
    });
    expect((await ledger.record(approve(id, approver))).outcome).toMatchObject({ ok: true });
  };
  for (const [requester, approver, entitlement] of [
    [ana, bo, 'e1'],
    [ana, bo, 'e1'],
    [bo, ana, 'e2'],
    [cy, dee, 'e3'],
    [ana, cy, 'e4'],
    [dee, cy, 'e1'],
  ] as const)
    await approved(requester, approver, entitlement);
  await shiftClock(database.url, first.before.getTime() - Date.now() + 40 * 86_400_000);
  await approved(ana, bo, 'e1', first.bound);
  await approved(cy, ana, 'e4', first.bound);

  await asAdmin(async (owner) => {
    // The triggers of the trail let nobody but a recorded purge delete rows.
    await owner.query('begin; set local session_replication_role = replica');
    const leaving = { names: [first.name], before: first.before.getTime() as Instant };
    expect(await listRequests(owner, leaving)).toBe(6);
    const { rows: events } = await owner.query<{ count: number }>(
      `select count(*)::integer as count from ${first.name}`,
    );
    await deleteRequests(owner);
    await approved(ana, bo, 'e1', first.bound); // of both times
    await approved(cy, dee, 'e3', first.bound); // of which nothing stayed
    await approved(bo, dee, 'e5', first.bound); // that is new
    await dropPartitions(owner, leaving, events[0]?.count ?? 0);
    for (const [what, [kept, facts]] of Object.entries(DIFFERENCES)) {
      const differs = `((${kept}) except (${facts})) union all ((${facts}) except (${kept}))`;
      expect([what, (await owner.query(differs)).rows]).toEqual([what, []]);
    }
    const { rows: pairs } = await owner.query(
      'select person, other, approved, was_approved from approval_pair order by 1, 2',
    );
    expect(pairs).toEqual([
      { person: 'ana', other: 'bo', approved: 0, was_approved: 2 },
      { person: 'ana', other: 'cy', approved: 1, was_approved: 0 },
      { person: 'bo', other: 'dee', approved: 0, was_approved: 1 },
      { person: 'cy', other: 'dee', approved: 0, was_approved: 1 },
    ]);
    await owner.query('rollback');
  }, database.url);
});

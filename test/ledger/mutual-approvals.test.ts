import { expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import { person } from '../core/request/request.fixture.ts';
import { approve, newRequest, opening } from './ledger.fixture.ts';
import { ledger, rows } from './own-ledger.fixture.ts';

const [gil, hana, ivo] = [person('gil'), person('hana'), person('ivo')];

/** A request that this person made and the other one can approve. */
async function openedBy(requester: PersonId, approver: PersonId) {
  const { details, ...request } = opening(newRequest());
  await ledger.open({
    ...request,
    details: { ...details, requester },
    requirements: {
      ...request.requirements,
      stages: [{ needs: 1, approvers: [{ person: approver, because: 'x' }] }],
    },
  });
  return details.id;
}

const approvedOnce = async (requester: PersonId, approver: PersonId): Promise<void> => {
  const { outcome } = await ledger.record(approve(await openedBy(requester, approver), approver));
  expect(outcome).toMatchObject({ ok: true });
};

const pairs = () => rows('select person, other, approved, was_approved from audit.approval_pair order by id');

test('two people who approve each other at the same moment are a pair', async () => {
  const [ofGil, ofHana] = [await openedBy(gil, hana), await openedBy(hana, gil)];
  await Promise.all([ledger.record(approve(ofGil, hana)), ledger.record(approve(ofHana, gil))]);
  expect(await pairs()).toEqual([{ person: 'gil', other: 'hana', approved: 1, was_approved: 1 }]);
});

test('who approves something of somebody who never approved theirs is no pair', async () => {
  await approvedOnce(ivo, gil);
  await approvedOnce(ivo, gil);
  expect(await pairs()).toHaveLength(1);
});

test('a later approval in the other direction makes a pair of both, with all their approvals', async () => {
  await approvedOnce(gil, ivo);
  expect(await pairs()).toEqual([
    { person: 'gil', other: 'hana', approved: 1, was_approved: 1 },
    { person: 'gil', other: 'ivo', approved: 2, was_approved: 1 },
  ]);
});

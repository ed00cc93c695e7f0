import { beforeEach, expect, test } from '@jest/globals';
import { CURFEW } from '../../core/curfew-role.ts';
import type { PersonId } from '../../core/ids.ts';
import { ana, cy, dee, noon } from '../core/request/request.fixture.ts';
import { approvedIn, end, grantedIn, newRequest, opening, target } from './ledger.fixture.ts';
import { atTime, ledger, rows } from './own-ledger.fixture.ts';

const HOUR = 3_600_000;

beforeEach(async () => {
  await rows(
    'begin; set local session_replication_role = replica; truncate request, lease, event, holding cascade; commit',
  );
});

const roleTarget = (role: string, provider = CURFEW) => ({
  ...target,
  provider,
  spec: { role },
  lockKey: role,
});
/** An approved request of a person for these targets. It lasts an hour. */
const of = (requester: PersonId, ...targets: readonly ReturnType<typeof roleTarget>[]) => {
  const id = newRequest();
  const details = { ...opening(id).details, requester, targets: targets.map(({ provider }) => provider) };
  return { details, targets };
};
const held = async (at: number = noon) => {
  let found: readonly string[] = [];
  await atTime(at, async () => {
    found = (await ledger.heldRoles()).map(({ person, role }) => `${person} ${role}`);
  });
  return found;
};

test('each of three people has the role of each target of a live lease', async () => {
  await atTime(noon, async () => {
    await grantedIn(ledger, of(ana, roleTarget('auditor')));
    await grantedIn(
      ledger,
      of(dee, roleTarget('security', 'fake'), roleTarget('security'), roleTarget('auditor')),
    );
    await grantedIn(ledger, of(cy, roleTarget('security')));
  });
  expect(await held()).toEqual(['ana auditor', 'dee security', 'dee auditor', 'cy security']);
});

test('until its end', async () => {
  await atTime(noon, async () => void (await grantedIn(ledger, of(ana, roleTarget('auditor')))));
  expect(await held(noon + HOUR - 1)).toEqual(['ana auditor']);
  expect(await held(noon + HOUR)).toEqual([]);
});

test('not before it is granted, and not once its end began', async () => {
  await atTime(noon, async () => {
    await approvedIn(ledger, of(dee, roleTarget('auditor')));
    const ended = await grantedIn(ledger, of(ana, roleTarget('auditor')));
    await ledger.record(end(ended));
    await grantedIn(ledger, of(cy, roleTarget('auditor')));
  });
  expect(await held()).toEqual(['cy auditor']);
});

test('and nobody has one by a row or an end that no event says (T24)', async () => {
  await atTime(noon, async () => {
    await approvedIn(ledger, of(ana, roleTarget('auditor')));
    await grantedIn(ledger, of(dee, roleTarget('auditor')));
  });
  await rows(`update lease set state = 'granted', ends_at = ends_at + interval '1 day'`);
  expect(await held()).toEqual(['dee auditor']);
  expect(await held(noon + HOUR)).toEqual([]);
});

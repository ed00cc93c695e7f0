import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { heldRolesIn } from '../../app/curfew-roles.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { openPolicy } from '../../policy/index.ts';
import { chosenPerson } from '../../requests/acting-as.ts';
import { targetReader } from '../../providers/target-reader.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { ana, endedAll, lifted } from './mass-ending.fixture.ts';
import { type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { lineDecided, reviewOpened } from './reviews.fixture.ts';

// Some decisions are judged under a lock, and the policy reads the ledger meanwhile. Here a worker has four connections, and many of them come at once.

const MANY = 12;

let fixture: RequestsFixture;
let worker: Ledger;
/** The same, whose parts use the ledger of the worker. */
let busy: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
  await fixture.edit('catalogue.yaml', 'security: { people: [person:dee, person:eli], needs: 2 }', SECURITY);
  worker = openLedger(fixture.url, { role: 'worker', connections: 4 });
  const policy = openPolicy(fixture.folder, targetReader(fixture.deps.providers), {
    actsAs: chosenPerson,
  }).withRoles(heldRolesIn(worker));
  busy = { ...fixture, ledger: worker, deps: { ...fixture.deps, ledger: worker, policy } };
});
afterAll(async () => {
  await worker?.close();
  await fixture?.stop();
});

const SECURITY =
  'auditors: [person:dee]\nsecurity: { people: [person:dee, person:eli, person:cy], needs: 3 }';
const counted = Array<unknown>(MANY).fill({ ok: true, value: [] });

describe('more decisions at once than there are connections are all decided', () => {
  test('lifts of several locks, each after somebody else lifted it', async () => {
    // One person has one lock of a scope.
    const scopes: readonly EndScope[] = [
      ana,
      ...['thing', 'pair', 'other'].map((entitlement) => ({ kind: 'entitlement', entitlement }) as EndScope),
    ];
    const locks = await Promise.all(
      ['dee', 'eli', 'cy'].flatMap((by) =>
        scopes.map(async (scope) => (await endedAll(fixture, scope, by)).massEnding),
      ),
    );
    for (const lock of locks) await lifted(fixture, lock, 'dee');
    const answers = await Promise.all(locks.map(async (lock) => (await lifted(busy, lock, 'eli')).outcome));
    expect(answers).toEqual(counted);
    expect((await fixture.ledger.readLocks()).map(({ lock }) => lock?.liftedBy)).toEqual(
      Array<unknown>(MANY).fill(['dee', 'eli']),
    );
  });

  test('lines of a review', async () => {
    await rowsOf(
      fixture.url,
      `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources, state, first_seen_at)
       select 'find_01m' || lpad(n::text, 23, '0'), 'access', 'fake', 'thing', 'thing', '{}', 'the thing', 'id-' || n, 'account-' || n, 'read', true, '[]', 'adopted',
              ledger_now() - interval '1 minute'
         from generate_series(1, $1) n`,
      [MANY],
    );
    const { id } = await reviewOpened(fixture);
    const lines = await fixture.ledger.reviewLines(id);
    expect(lines).toHaveLength(MANY);
    const answers = await Promise.all(
      lines.map(async (line) => (await lineDecided(busy, id, line.id, { by: 'eli' })).outcome),
    );
    expect(answers).toEqual(counted);
  });
});

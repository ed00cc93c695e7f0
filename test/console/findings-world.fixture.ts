import type { Instant } from '../../core/ids.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { storeWorld } from '../audit/stored-world.fixture.ts';
import { BASE, type World, type WorldRequest, worldOf } from '../audit/world.fixture.ts';
import { type ConsoleFixture, startConsoleFixture } from './console.fixture.ts';

/** Text that a page must never show as markup, from a vendor. */
export const HOSTILE = '<script>alert(1)</script>"&\u202e\u0007';

/** The one finding about which Eli decided. Its account, level and target are hostile text. */
export const DECIDED = 'find_01m0000000000000000000000a';

/** A page of a list has fifty rows. */
const DRIFTED = 51;

/** Findings that every world has, whatever its seed: one that nobody but the auditor may see, and one that Bo may see. */
const CERTAIN = [
  {
    finding: DECIDED,
    target: { provider: HOSTILE, name: HOSTILE },
    click: 'click_01m0000000000000000000000a',
    by: 'eli',
  },
  {
    finding: 'find_01m0000000000000000000000b',
    target: { provider: 'fake', name: 'sales' },
    click: 'click_01m0000000000000000000000b',
    by: 'cy',
  },
];

/** The console over a world of histories that a seed chooses. Bo owns the entitlement of the target "sales". */
export async function startFindingsWorld(
  seed: number,
  size: number,
): Promise<ConsoleFixture & Readonly<{ world: World }>> {
  const fixture = await startConsoleFixture();
  await fixture.requests.edit(
    'catalogue.yaml',
    '  - id: thing\n',
    `  - id: orders-db
    title: Orders database
    owner: person:bo
    usual: 1m
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: fake, resource: sales, level: write }]
    route: { approvers: [group:owners], waits: 8h }
  - id: thing\n`,
  );
  const world = withDrift(worldOf(seed, size));
  await asAdmin(async (owner) => {
    await storeWorld(owner, world, seed);
    for (const sql of BESIDE) await owner.query(sql);
    for (const { finding, target, click, by } of CERTAIN) {
      await owner.query(
        `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources,
                              state, first_seen_at, last_seen_at)
         values ($1, 'access', $2, $3, $3, '{}', $4, $4, $4, $4, true, '[]', 'open', '2026-11-01T18:00Z', '2026-11-01T18:00Z')`,
        [finding, target.provider, target.name, HOSTILE],
      );
      await owner.query(
        `insert into finding_decision (click_id, finding_id, kind, by, via, at) values ($1, $2, 'revoke', $3, 'cli', '2026-11-01T18:05Z')`,
        [click, finding, by],
      );
    }
  }, fixture.requests.url);
  return { ...fixture, world };
}

/** The world with more changes by hand than a page of their list has. Its first request is held, whatever the seed. */
function withDrift(world: World): World {
  const [held, ...others] = world.requests as [WorldRequest, ...WorldRequest[]];
  const first = (held.events.at(-1)?.at ?? BASE) + 60_000;
  const drifted = Array.from({ length: DRIFTED }, (_, each) => ({
    ...{ kind: 'drifted', at: (first + each * 1000) as Instant, lease: held.leases[0] },
    ...{ change: 'raised', expected: 'write', found: 'admin' },
  }));
  return { ...world, requests: [{ ...held, events: [...held.events, ...drifted] }, ...others] };
}

/** What a world does not have: leases that were never used, the looks at targets, and removals. */
const BESIDE = [
  `insert into use_reading (lease_id, read_at, source, kind, amount, unit, covered_from, covered_until)
   select lease_id, ended_at, 'the log of the vendor', 'known', 0, 'calls', granted_at - interval '1 hour', ended_at + interval '1 hour'
     from audit.lease_use where ended_at is not null and hashtext(lease_id) % 3 = 0`,
  `insert into target_pass (provider, target_key, target_name, spec, entitlements, first_at, last_at, problem)
   values ('fake', 'sales', 'sales', '{}', '{orders-db,both}', '2026-11-01T08:00Z', '2026-11-02T08:00Z', null),
          ('fake', 'cellar', 'cellar', '{}', '{cellar}', '2026-11-01T08:00Z', '2026-11-01T09:00Z', 'the vendor does not answer')`,
];

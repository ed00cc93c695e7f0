import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTROLS, type Control } from '../../../audit/evidence/controls.ts';
import type { EvidenceQuery } from '../../../audit/evidence/questions.ts';
import { type EvidenceMade, writeEvidence } from '../../../audit/evidence/write-folder.ts';
import { verifierKey } from '../../../audit/note/vkey.ts';
import { type Report, verifyBundle } from '../../../audit/verify/verify.mjs';
import { leaseIdOf, type Instant } from '../../../core/ids.ts';
import type { Event } from '../../../core/request/events.ts';
import { stateAfter } from '../../../core/request/evolve.ts';
import { leaseStates } from '../../../core/request/lease-states.ts';
import { type Ledger, openLedger } from '../../../ledger/index.ts';
import { asAdmin, freshDatabase } from '../../ledger/database.fixture.ts';
import { LOG_NAME, logKey, trusted } from '../log.fixture.ts';
import { publishAll, whilePublished } from '../published.fixture.ts';
import { storeWorld } from '../stored-world.fixture.ts';
import { BASE, type World, worldOf } from '../world.fixture.ts';

/** The time in which most things of a world happen. Some happen before it and after it. */
export const PERIOD = { from: (BASE + 90 * 60_000) as Instant, to: (BASE + 500 * 60_000) as Instant };
export const CC6 = CONTROLS.filter(({ framework }) => framework === 'soc2');

export type EvidenceFixture = Readonly<{
  world: World;
  ledger: Ledger;
  url: string;
  /** Signs a checkpoint over everything that is recorded, of the log of this name. */
  publish: (name?: string) => Promise<void>;
  /** Makes a folder of evidence. */
  make: (
    order?: Readonly<{ controls?: readonly Control[]; asked?: EvidenceQuery; sample?: number }>,
  ) => Promise<Readonly<{ folder: string; made: EvidenceMade }>>;
  stop: () => Promise<void>;
}>;

/** What people decided in a review, in the time of the world and after it. */
const REVIEWED: readonly (readonly unknown[])[] = [
  ['click_r1', 'certify', 'bo', null, new Date(BASE + 100 * 60_000)],
  ['click_r2', 'object', 'cy', null, new Date(BASE + 200 * 60_000)],
  ['click_r3', 'certify', 'ana', '{"code":"own-access"}', new Date(BASE + 300 * 60_000)],
  ['click_r4', 'certify', 'bo', null, new Date(BASE + 900 * 60_000)],
];
const DECIDED = `insert into review_decision (click_id, review_id, line_id, kind, by, via, refusal, at)
  values ($1, 'review_before', $1, $2, $3, 'console', $4, $5)`;

export const ORDERED_BY = { by: 'dee', via: 'cli' } as const;

/** A ledger with the histories of a seed, whose log is signed. */
export async function startEvidence(seed: number, size = 32): Promise<EvidenceFixture> {
  const world = steadyWorld(seed, size);
  const database = await freshDatabase();
  const ledger = openLedger(database.url);
  const parent = mkdtempSync(join(tmpdir(), 'curfew-evidence-'));
  await asAdmin(async (owner) => {
    await storeWorld(owner, world, seed + 1);
    for (const [sql, values] of stateStatements(world)) await owner.query(sql, [...values]);
    for (const decision of REVIEWED) await owner.query(DECIDED, [...decision]);
  }, database.url);
  const publish = (name = LOG_NAME): Promise<void> =>
    publishAll(ledger, {
      name,
      signers: [{ name, privateKey: logKey }],
      trusted: [verifierKey(name, logKey)],
    });
  await publish();
  let folders = 0;
  return {
    ...{ world, ledger, publish, url: database.url },
    async make({ controls = CC6, asked = PERIOD, sample = 8 } = {}) {
      const folder = join(parent, `evidence-${(folders += 1)}`);
      const log = { name: LOG_NAME, trusted, witnesses: [], places: new Map(), exportedAt: new Date(0) };
      const order = { controls, asked, sample };
      const made = await whilePublished(
        publish,
        writeEvidence(ledger, folder, order, { log, by: ORDERED_BY }),
      );
      return { folder, made };
    },
    async stop() {
      await ledger.close();
      await database.drop();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

/** What the verifier says of a folder to somebody who has the key of the log. */
export const verify = (folder: string, checksum?: string, keys = trusted): Report =>
  verifyBundle(folder, { keys: keys.map(({ text }) => text), checksum });

/** A world in which the clock never goes back, and in which somebody approved their own request. */
function steadyWorld(seed: number, size: number): World {
  const world = worldOf(seed, size);
  for (const { events } of world.requests) {
    let last = 0;
    for (const [index, event] of events.entries()) {
      last = Math.max(last, event.at);
      events[index] = { ...event, at: last as Instant };
    }
  }
  return world;
}

/** The state of each request and lease, which is the sum of its events. */
function* stateStatements({
  requests,
}: World): Generator<readonly [sql: string, values: readonly unknown[]]> {
  for (const { id, events, targets } of requests) {
    const all = events as unknown as readonly Event[];
    const state = stateAfter(all);
    const ends = 'endsAt' in state && state.endsAt !== undefined ? new Date(state.endsAt) : null;
    const closed = state.kind === 'closed' ? new Date(state.at) : null;
    yield [
      'update request set state = $2, ends_at = $3, closed_at = $4 where id = $1',
      [id, state.kind, ends, closed],
    ];
    const leases = leaseStates(all);
    for (const place of targets.keys()) {
      const lease = leaseIdOf(id, place);
      const its = leases.get(lease);
      if (its)
        yield [
          'update lease set state = $2, ends_at = $3 where id = $1',
          [lease, its.state, new Date(its.endsAt)],
        ];
      else yield ['delete from lease where id = $1', [lease]];
    }
  }
}

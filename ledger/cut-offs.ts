import type { MassEndingId } from '../core/ids.ts';
import type { MassEnding } from '../core/mass-ending.ts';
import { type Lease, leasesWhere } from './leases.ts';
import { HAS_LOCK, massEndingOf, type MassEndingRow, SELECT } from './mass-endings.ts';
import type { Db } from './pool.ts';

/** What one call at a provider cut off for a mass ending. `toUndo`: what a person has to undo there. */
export type CutOffRecord = Readonly<{ provider: string; seen: string; toUndo: readonly string[] }>;

/** The mass endings with a lock of the last ten minutes: only then one call is faster than the revocations. */
export async function massEndingsToCutOff(db: Db): Promise<readonly MassEnding[]> {
  const { rows } = await db.query<MassEndingRow>(
    `${SELECT} where ${HAS_LOCK} and m.made_at > ledger_now() - interval '10 minutes' order by m.made_at, m.id`,
  );
  return rows.map(massEndingOf);
}

/** The leases that a mass ending ended, whose access was written to a provider and is not revoked yet. */
export const leasesToCutOff = (db: Db, massEnding: MassEndingId): Promise<readonly Lease[]> =>
  leasesWhere(
    db,
    `l.state = 'revoke-started' and l.holding_id is not null and l.request_id in (
       select request_id from event
        where body -> 'ending' ? 'massEnding' and body -> 'ending' ->> 'massEnding' = $1)`,
    [massEnding],
  );

/** Records what was cut off at a provider, once for each mass ending. */
export async function writeCutOff(
  db: Db,
  massEnding: MassEndingId,
  { provider, seen, toUndo }: CutOffRecord,
): Promise<void> {
  await db.query(
    `insert into mass_ending_cut_off (mass_ending_id, provider, seen, to_undo) values ($1, $2, $3, $4)
     on conflict do nothing`,
    [massEnding, provider, seen, toUndo],
  );
}

export async function readCutOffs(db: Db, massEnding: MassEndingId): Promise<readonly CutOffRecord[]> {
  const { rows } = await db.query<CutOffRecord>(
    `select provider, seen, to_undo as "toUndo" from mass_ending_cut_off where mass_ending_id = $1 order by provider`,
    [massEnding],
  );
  return rows;
}

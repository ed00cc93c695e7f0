import { randomBytes } from 'node:crypto';
import type { LeaseId, MassEndingId, PersonId } from '../core/ids.ts';
import type { MassEnding } from '../core/mass-ending.ts';
import { ERASED, textHash } from './event-texts.ts';
import { type Lease, leasesWhere } from './leases.ts';
import { HAS_LOCK, massEndingOf, type MassEndingRow, SELECT } from './mass-endings.ts';
import type { Db } from './pool.ts';

/** What was cut off at a provider for a mass ending. `toUndo`: what a person may have to undo there. */
export type CutOffRecord = Readonly<{ provider: string; seen: string; toUndo: readonly string[] }>;

/** One step of cutting off. `done`: the leases whose access is cut off. `again`: those that are cut off again after half a minute. */
export type CutOffStep = CutOffRecord & Readonly<{ done: readonly LeaseId[]; again: readonly LeaseId[] }>;

/**
 * The mass endings with a lock of the last ten minutes. Until then one call is faster than the revocations, and the vendor's changes count
 * everywhere.
 */
export async function massEndingsToCutOff(db: Db): Promise<readonly MassEnding[]> {
  const { rows } = await db.query<MassEndingRow>(
    `${SELECT} where ${HAS_LOCK} and m.made_at > ledger_now() - interval '10 minutes' order by m.made_at, m.id`,
  );
  return rows.map(massEndingOf);
}

/**
 * The leases that a mass ending ended, whose access was written to a provider and is not cut off yet. A lease with a receipt is only among
 * them at the providers `revokedToo`, which cut off whole accounts. What is to be cut off again waits for half a minute.
 */
export const leasesToCutOff = (
  db: Db,
  massEnding: MassEndingId,
  revokedToo: readonly string[],
): Promise<readonly Lease[]> =>
  leasesWhere(
    db,
    `(l.state = 'revoke-started' or l.state = 'revoked' and l.provider = any ($2))
     and l.holding_id is not null and l.request_id in (
       select request_id from event
        where body -> 'ending' ? 'massEnding' and body -> 'ending' ->> 'massEnding' = $1)
     and l.id not in (select unnest(done) from mass_ending_cut_off where mass_ending_id = $1)
     and l.id not in (select unnest(again) from mass_ending_cut_off
                       where mass_ending_id = $1 and cut_off_at > ledger_now() - interval '30 seconds')`,
    [massEnding, revokedToo],
  );

/** Records a step of cutting off at a provider. What the provider said is kept beside it, under a new salt. */
export async function writeCutOff(
  db: Db,
  massEnding: MassEndingId,
  { provider, seen, toUndo, done, again }: CutOffStep,
): Promise<void> {
  const salt = randomBytes(16).toString('hex');
  await db.query(
    `with written as (
       insert into mass_ending_cut_off (mass_ending_id, provider, text_hash, done, again) values ($1, $2, $3, $4, $5) returning id)
     insert into mass_ending_cut_off_text (cut_off_id, salt, seen, to_undo) select id, $6, $7, $8 from written`,
    [
      massEnding,
      provider,
      textHash(salt, JSON.stringify([seen, ...toUndo])),
      done,
      again,
      salt,
      seen,
      toUndo,
    ],
  );
}

/** A cut-off of a person that a person has to undo at the provider. */
export type CutOffInForce = Pick<CutOffRecord, 'provider' | 'toUndo'>;

/**
 * Where everything of a person was cut off and may still be refused: somebody has to undo it there, and nothing of theirs was granted there since. A grant
 * succeeds only where it is undone.
 */
export async function cutOffsInForce(db: Db, person: PersonId): Promise<readonly CutOffInForce[]> {
  const { rows } = await db.query<CutOffInForce>(
    `select c.provider, array_agg(distinct undo order by undo) as "toUndo"
       from mass_ending m join mass_ending_cut_off c on c.mass_ending_id = m.id
            join mass_ending_cut_off_text t on t.cut_off_id = c.id, unnest(t.to_undo) undo
      where m.scope ->> 'kind' = 'person' and m.scope ->> 'person' = $1
        and not exists (
          select from lease l join request r on r.id = l.request_id
                 join event e on e.request_id = r.id and e.kind = 'granted' and e.body ->> 'lease' = l.id
           where r.requester = $1 and l.provider = c.provider and e.at > c.cut_off_at)
      group by c.provider order by c.provider`,
    [person],
  );
  return rows;
}

/** For each provider, what the last step showed, and what all of them may have left to undo. */
export async function readCutOffs(db: Db, massEnding: MassEndingId): Promise<readonly CutOffRecord[]> {
  const { rows } = await db.query<CutOffRecord>(
    `with step as (
       select c.id, c.provider, coalesce(t.seen, '${ERASED}') as seen, coalesce(t.to_undo, '{}') as to_undo
         from mass_ending_cut_off c left join mass_ending_cut_off_text t on t.cut_off_id = c.id where c.mass_ending_id = $1)
     select s.provider, (array_agg(s.seen order by s.id desc))[1] as seen,
            array(select undo from step u, unnest(u.to_undo) undo
                   where u.provider = s.provider group by undo order by min(u.id), undo) as "toUndo"
       from step s group by s.provider order by s.provider`,
    [massEnding],
  );
  return rows;
}

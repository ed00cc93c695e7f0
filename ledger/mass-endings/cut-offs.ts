import type { LeaseId, MassEndingId, PersonId } from '../../core/ids.ts';
import type { MassEnding } from '../../core/mass-ending.ts';
import { type Lease, leasesWhere } from '../leases/leases.ts';
import { HAS_LOCK, massEndingOf, type MassEndingRow, SELECT } from './mass-endings.ts';
import type { Db } from '../pool.ts';
import { ALTERED, ERASED, readableText, salted } from '../salted-text.ts';

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
  const { salt, hash } = salted(textOf(seen, toUndo));
  await db.query(
    `with written as (
       insert into mass_ending_cut_off (mass_ending_id, provider, text_hash, done, again) values ($1, $2, $3, $4, $5) returning id)
     insert into mass_ending_cut_off_text (cut_off_id, salt, seen, to_undo) select id, $6, $7, $8 from written`,
    [massEnding, provider, hash, done, again, salt, seen, toUndo],
  );
}

/** A cut-off of a person that a person has to undo at the provider. */
export type CutOffInForce = Pick<CutOffRecord, 'provider' | 'toUndo'>;

/** A step, with what the provider said. Its texts are null when they are erased. */
type StepRow = Readonly<{
  provider: string;
  salt: string | null;
  seen: string | null;
  to_undo: readonly string[] | null;
  hash: string;
}>;

const STEPS = `select c.provider, t.salt, t.seen, t.to_undo, c.text_hash as hash
  from mass_ending_cut_off c left join mass_ending_cut_off_text t on t.cut_off_id = c.id`;

/** One hash covers what a provider said in a step. */
const textOf = (seen: string, toUndo: readonly string[]): string => JSON.stringify([seen, ...toUndo]);

/** What people read of a step. When it is not what was recorded, something may be left to undo. */
function readableStep({ provider, salt, seen, to_undo: toUndo, hash }: StepRow): CutOffRecord {
  if (seen === null || toUndo === null) return { provider, seen: ERASED, toUndo: [] };
  const body = textOf(seen, toUndo);
  return readableText({ salt, body, hash }) === body
    ? { provider, seen, toUndo }
    : { provider, seen: ALTERED, toUndo: [ALTERED] };
}

/** For each provider, what the last of its steps showed, and what all of them may have left to undo. The steps come in their order. */
function byProvider(steps: readonly StepRow[]): readonly CutOffRecord[] {
  const found = new Map<string, CutOffRecord>();
  for (const { provider, seen, toUndo } of steps.map(readableStep)) {
    const before = found.get(provider)?.toUndo ?? [];
    found.set(provider, { provider, seen, toUndo: [...new Set([...before, ...toUndo])] });
  }
  return [...found.values()].toSorted((one, other) => (one.provider < other.provider ? -1 : 1));
}

/**
 * Where everything of a person was cut off and may still be refused: somebody has to undo it there, and nothing of theirs was granted there since. A grant
 * succeeds only where it is undone.
 */
export async function cutOffsInForce(db: Db, person: PersonId): Promise<readonly CutOffInForce[]> {
  const { rows } = await db.query<StepRow>(
    `${STEPS} join mass_ending m on m.id = c.mass_ending_id
      where m.scope ->> 'kind' = 'person' and m.scope ->> 'person' = $1
        and not exists (
          select from lease l join request r on r.id = l.request_id
                 join event e on e.request_id = r.id and e.kind = 'granted' and e.body ->> 'lease' = l.id
           where r.requester = $1 and l.provider = c.provider and e.at > c.cut_off_at)
      order by c.id`,
    [person],
  );
  return byProvider(rows).flatMap(({ provider, toUndo }) =>
    toUndo.length === 0 ? [] : [{ provider, toUndo: toUndo.toSorted() }],
  );
}

/** What was cut off for a mass ending, by provider. */
export async function readCutOffs(db: Db, massEnding: MassEndingId): Promise<readonly CutOffRecord[]> {
  const { rows } = await db.query<StepRow>(`${STEPS} where c.mass_ending_id = $1 order by c.id`, [
    massEnding,
  ]);
  return byProvider(rows);
}

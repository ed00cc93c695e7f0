import type { Instant } from '../../core/ids.ts';
import type { Db } from '../pool.ts';

/** A target that must be gone through. `isFirst`: under this key there was no whole pass yet. */
export type TargetPass = Readonly<{
  provider: string;
  key: string;
  spec: unknown;
  isFirst: boolean;
  now: Instant;
}>;

/**
 * A target of the catalogue, or of a lease. `key` is its target key, and `name` the key that depends on its name alone. `entitlements`: those of the
 * catalogue that give it.
 */
export type PlannedTarget = Readonly<{
  provider: string;
  key: string;
  spec: unknown;
  name?: string;
  entitlements?: readonly string[];
}>;

/** Adds the targets that have no row yet. The first pass of a new one is due now. An entitlement that gave a target once stays there. */
export async function planPasses(db: Db, targets: readonly PlannedTarget[]): Promise<void> {
  await db.query(
    `insert into target_pass as p (provider, target_key, spec, target_name, entitlements)
     select t.provider, t.key, t.spec, t.name, coalesce(t.entitlements, '{}')
       from jsonb_to_recordset($1) as t (provider text, key text, spec jsonb, name text, entitlements text[])
     on conflict (provider, target_key) do update
       set spec = excluded.spec, target_name = excluded.target_name,
           entitlements = array(select distinct unnest(p.entitlements || excluded.entitlements) order by 1)
     where p.spec is distinct from excluded.spec or p.target_name is distinct from excluded.target_name
        or not p.entitlements @> excluded.entitlements`,
    [JSON.stringify(targets)],
  );
}

/**
 * The targets of leases whose access is not over, with the vendor's own ids. A target that a row of the catalogue found already is left
 * out.
 */
export async function targetsOfLeases(
  db: Db,
): Promise<readonly Readonly<{ provider: string; spec: unknown }>[]> {
  const { rows } = await db.query<{ provider: string; spec: unknown }>(
    `select distinct l.provider, l.found_spec as spec
       from lease l join holding h on h.id = l.holding_id
      where l.state <> 'revoked' and l.found_spec is not null
        and not exists (select from target_pass p
                         where p.provider = h.provider and split_part(h.target_key, E'\\n', 1) in (p.found_key, p.target_key))`,
  );
  return rows;
}

/** Takes the target whose pass is due first, but for those of `providers`. It is due again after `retryMs`, in case that this process does not finish. */
export async function takePass(
  db: Db,
  {
    providers,
    known,
    retryMs,
  }: Readonly<{ providers: readonly string[]; known: readonly string[]; retryMs: number }>,
): Promise<TargetPass | undefined> {
  const { rows } = await db.query<TargetPass>(
    `update target_pass set next_at = ledger_now() + $3 * interval '1 millisecond'
      where (provider, target_key) = (select provider, target_key from target_pass
                                       where next_at <= ledger_now() and provider = any ($2) and provider <> all ($1)
                                       order by next_at, target_key limit 1 for update skip locked)
      returning provider, target_key as key, spec, first_at is null as "isFirst",
                (extract(epoch from ledger_now()) * 1000)::float8 as now`,
    [providers, known, retryMs],
  );
  return rows[0];
}

/** True when a whole pass went through the target with this found key, under whatever name. */
export async function hasBaseline(db: Db, provider: string, foundKey: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'select from target_pass where provider = $1 and found_key = $2 and first_at is not null limit 1',
    [provider, foundKey],
  );
  return (rowCount ?? 0) > 0;
}

export type EndedPass = Readonly<{
  pass: Pick<TargetPass, 'provider' | 'key'>;
  nextMs: number;
}> &
  Readonly<{ foundKey: string; members: number; note?: string } | { problem: string }>;

/** Records how a pass ended. Only a whole one counts as the first. */
export async function endPass(db: Db, { pass: { provider, key }, nextMs, ...how }: EndedPass): Promise<void> {
  if ('problem' in how) {
    await db.query(
      `update target_pass set next_at = ledger_now() + $3 * interval '1 millisecond', problem = $4 where provider = $1 and target_key = $2`,
      [provider, key, nextMs, how.problem.slice(0, 500)],
    );
    return;
  }
  await db.query(
    `update target_pass set next_at = ledger_now() + $3 * interval '1 millisecond', problem = null, found_key = $4, members = $5,
            note = $6, first_at = coalesce(first_at, ledger_now()), last_at = ledger_now()
      where provider = $1 and target_key = $2`,
    [provider, key, nextMs, how.foundKey, how.members, how.note ?? null],
  );
}

/** What `curfew doctor` and `curfew findings` say about a pass. */
export type PassSummary = Readonly<{
  provider: string;
  key: string;
  members: number | null;
  note: string | null;
  problem: string | null;
  lastAt: Instant | null;
}>;

export async function passes(db: Db): Promise<readonly PassSummary[]> {
  const { rows } = await db.query<PassSummary>(
    `select provider, target_key as key, members, note, problem, (extract(epoch from last_at) * 1000)::float8 as "lastAt"
       from target_pass order by 1, 2`,
  );
  return rows;
}

import type { Db } from '../pool.ts';

/**
 * Takes calls of a provider from the budget that all sweepers share. `perMinute` are added each minute, and at most those of one minute are
 * kept. Returns false, and takes nothing, while fewer are left. A caller that needed more than it took takes the rest afterwards with
 * `force`: then the budget may be below zero, and nobody gets a call before it is above it again.
 */
export async function takeCalls(
  db: Db,
  provider: string,
  { calls, perMinute, force = false }: Readonly<{ calls: number; perMinute: number; force?: boolean }>,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into read_budget as b (provider, calls) values ($1, $3::float8 - $2::float8)
     on conflict (provider) do update
       set calls = least($3::float8, b.calls + greatest(extract(epoch from ledger_now() - b.at), 0)::float8 / 60 * $3::float8) - $2::float8,
           at = ledger_now()
       where $4 or least($3::float8, b.calls + greatest(extract(epoch from ledger_now() - b.at), 0)::float8 / 60 * $3::float8) >= least($2::float8, $3::float8)`,
    [provider, calls, perMinute, force],
  );
  return rowCount === 1;
}

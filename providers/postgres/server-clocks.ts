import type { Instant } from '../../core/ids.ts';
import type { VendorClock } from '../provider.ts';
import { withDbOrFallback } from './connection.ts';
import type { Database } from './databases.ts';

/** The clock of each configured server that answers. */
export async function serverClocks(
  databases: ReadonlyMap<string, Database>,
  signal: AbortSignal,
): Promise<readonly VendorClock[]> {
  const clocks = await Promise.all(
    [...databases.values()].map(({ name, address }) =>
      withDbOrFallback(address, signal, async (db) => {
        const { rows } = await db.query<{ at: string }>(
          'select floor(extract(epoch from clock_timestamp()) * 1000)::text as at',
        );
        const at = Number(rows[0]?.at) as Instant;
        return [{ where: `the server of ${name}`, place: name, at, stepMs: 1 }];
      }).catch(() => []),
    ),
  );
  return clocks.flat();
}

import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { launchTemporal } from '../sandbox/launch/temporal.ts';
import type { Deps } from '../requests/deps.ts';
import { writePolicy } from './policy.ts';
import { type Places, wire } from './wiring.ts';

/** A Temporal server, and what the parts of Curfew need to live lives on it. */
export type LivesWorld = Readonly<{ places: Places; deps: Deps; client: Client; stop(): Promise<void> }>;

/** `leases`: for how many the policy is written. Whoever calls it stops it. */
export async function startLivesWorld(
  databaseUrl: string,
  home: string,
  leases: number,
): Promise<LivesWorld> {
  const tools = resolve(import.meta.dirname, '../.curfew/tools');
  const temporal = await launchTemporal({ home, tools, log: (line) => console.error(line) });
  const policy = writePolicy(join(home, 'policy'), leases);
  const places = { databaseUrl, temporal: temporal.address, policy, leases };
  const deps = wire(places);
  const connection = await Connection.connect({ address: temporal.address });
  return {
    places,
    deps,
    client: new Client({ connection }),
    async stop() {
      await connection.close();
      await deps.stop();
      await temporal.stop();
    },
  };
}

import { type Ledger, openLedger } from '../../ledger/index.ts';
import { asAdmin, freshDatabase } from '../ledger/database.fixture.ts';
import { chance, statementsOf, type World } from './world.fixture.ts';

type Owner = Readonly<{ query: (sql: string, values?: unknown[]) => Promise<unknown> }>;

/** Writes random histories into a database. What they do not say follows from the seed. */
export async function storeWorld(owner: Owner, world: World, seed: number): Promise<void> {
  for (const [sql, values] of statementsOf(world, chance(seed))) await owner.query(sql, [...values]);
}

/** A ledger with random histories, as a role of the database reads it. */
export type StoredWorld = Readonly<{ ledger: Ledger; url: string; stop: () => Promise<void> }>;

/** Opens one. `also` writes more as its owner. */
export async function openWorld(
  world: World,
  {
    seed,
    role,
    also = () => Promise.resolve(),
  }: Readonly<{
    seed: number;
    role: NonNullable<NonNullable<Parameters<typeof openLedger>[1]>['role']>;
    also?: (owner: Owner) => Promise<void>;
  }>,
): Promise<StoredWorld> {
  const database = await freshDatabase();
  await asAdmin(async (owner) => {
    await storeWorld(owner, world, seed);
    await also(owner);
  }, database.url);
  const ledger = openLedger(database.url, { role });
  return {
    ...{ ledger, url: database.url },
    async stop() {
      await ledger.close();
      await database.drop();
    },
  };
}

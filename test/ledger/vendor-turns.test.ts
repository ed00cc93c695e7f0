import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AskedTurn } from '../../core/turns.ts';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { asAdmin, freshDatabase } from './database.fixture.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let processes: readonly [provider: Ledger, sweeper: Ledger];
beforeAll(async () => {
  database = await freshDatabase();
  processes = [openLedger(database.url, { role: 'provider' }), openLedger(database.url, { role: 'sweeper' })];
});
afterAll(async () => {
  for (const each of processes) await each.close();
  await database.drop();
});

const end = (key: string, points = 10): AskedTurn => ({ kind: 'end', key, points, most: 100 });
const grant = (key: string): AskedTurn => ({ kind: 'grant', key, points: 10, most: 100 });

describe('the turns at a vendor that all processes share (I25, F31)', () => {
  test('two processes that ask at the same time get no more than the vendor accepts', async () => {
    const taken = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        (processes[index % 2] ?? processes[0]).takeTurn('one', end(`end ${index}`)),
      ),
    );
    expect(taken.filter((turn) => turn.waitMs === 0)).toHaveLength(10);
    expect(taken.filter((turn) => turn.waitMs > 30_000)).toHaveLength(20);
  });

  test('while 200 grants wait, an end begins at once; a grant that comes back keeps its place', async () => {
    const [provider, sweeper] = processes;
    for (let index = 0; index < 5; index += 1) await provider.takeTurn('two', grant(`grant ${index}`));
    const waits: number[] = [];
    for (let index = 5; index < 205; index += 1)
      waits.push((await provider.takeTurn('two', grant(`grant ${index}`))).waitMs);
    expect(waits.toSorted((one, other) => one - other)[0]).toBeGreaterThan(30_000);
    expect((await sweeper.takeTurn('two', end('end', 50))).waitMs).toBe(0);
    expect((await provider.takeTurn('two', grant('grant 204'))).ahead).toBe(199);
    expect((await provider.takeTurn('two', grant('grant 5'))).ahead).toBe(0);
  });

  test('the turns at one vendor delay none at another one', async () => {
    const [provider, sweeper] = processes;
    expect((await provider.takeTurn('full', end('end', 100))).waitMs).toBe(0);
    expect((await sweeper.takeTurn('full', end('next'))).waitMs).toBeGreaterThan(30_000);
    expect(await sweeper.takeTurn('free', end('next'))).toMatchObject({ waitMs: 0, ahead: 0 });
  });

  test.each([
    ['a turn that begins in ten years', `'other', 0, ledger_now() + interval '10 years', true`],
    ['a turn of a time before the clock went back', `'end', 100, ledger_now() + interval '5 hours', true`],
    ['a turn that is planned in 59 minutes', `'end', 0, ledger_now() + interval '59 minutes', false`],
    ['a turn that is planned for the next week', `'end', 100, ledger_now() + interval '7 days', false`],
    ['more turns than a vendor accepts for an hour', `'end', 1e9, ledger_now() - interval '1 second', false`],
  ])(
    '%s, written once by anybody, delays no end by more than a minute or so (I3, T31)',
    async (what, row) => {
      const [provider, sweeper] = processes;
      await provider.takeTurn(what, end('before', 0));
      await asAdmin(async (owner) => {
        await owner.query('set role curfew_provider');
        await owner.query(
          `insert into vendor_turn (provider, key, kind, points, at, has_begun) values ($1, 'planted', ${row})`,
          [what],
        );
      }, database.url);
      expect((await sweeper.takeTurn(what, end('late'))).waitMs).toBeLessThan(65_000);
    },
  );

  test('an attempt that made no call gives its points back', async () => {
    const [provider, sweeper] = processes;
    const { id } = await provider.takeTurn('three', end('all', 100));
    expect((await sweeper.takeTurn('three', end('another'))).waitMs).toBeGreaterThan(30_000);
    await provider.freeTurn(id);
    expect((await sweeper.takeTurn('three', end('another'))).waitMs).toBe(0);
  });
});

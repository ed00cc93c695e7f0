import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Instant, LeaseId, RequestId } from '../../core/ids.ts';
import { depsAs } from '../../app/wiring.ts';
import { quarantineCommand } from '../../cli/commands/quarantine.ts';
import { entryOf } from '../manifest/manifest.fixture.ts';
import { temporaryFolder } from '../manifest/folder.fixture.ts';
import { runUpkeep } from '../../upkeep/sweep.ts';
import { type Folder, openFolder } from './cli.fixture.ts';

const LEASE = `lease_${'0'.repeat(25)}a_0` as LeaseId;
const REQUEST = `req_${'0'.repeat(25)}a` as RequestId;
const endsAt = Date.parse('2030-01-05T15:00:00Z') as Instant;

let folder: Folder;
beforeAll(async () => {
  const manifest = {
    where: `file:${temporaryFolder()}`,
    key: Buffer.alloc(32, 3).toString('base64url'),
  };
  folder = await openFolder({ manifest });
});
afterAll(() => folder?.stop());

const run = (...args: readonly string[]) => folder.run(quarantineCommand(), ...args);
/** One pass of the sweeper, with the rights of its role. */
const sweeper = () => runUpkeep(depsAs(folder.deps, 'sweeper'));
/** The ledger is restored: the manifest, which is empty here, knew a lease of it. */
const restored = () =>
  depsAs(folder.deps, 'sweeper').ledger.quarantine({
    reason: 'the manifest has the serial 9, and the ledger has given out 1 at most',
    ledgerSerial: 1,
    manifestSerial: 9,
    plan: [
      {
        lease: LEASE,
        request: REQUEST,
        kind: 'unknown',
        entry: entryOf({
          lease: LEASE,
          serial: 9,
          endsAt,
          provider: 'github',
          targetKey: 'team 7',
          level: 'member',
        }),
        signed: '',
        accessKey: 'key',
        endsAt,
      },
    ],
  });

describe('curfew quarantine', () => {
  test('says that there is none, also to a program', async () => {
    expect(await run()).toMatchObject({ code: 0, out: 'The ledger is not in quarantine.\n' });
    expect(await run('--json')).toMatchObject({ code: 0, out: '[]\n' });
    expect(await run('end', '--as', 'sam')).toMatchObject({
      code: 0,
      out: 'The ledger is not in quarantine.\n',
    });
  });

  test('shows the reason, and which lease ends when (F37)', async () => {
    await restored();
    const { out } = await run();
    expect(out).toContain('the manifest has the serial 9, and the ledger has given out 1 at most');
    expect(out).toMatch(/member at github team 7/);
    expect(out).toContain('2030-01-05T15:00:00');
    expect(out).toContain('the ledger does not know it; it ends at the end that the manifest has');
    const [row] = JSON.parse((await run('--json')).out) as readonly object[];
    expect(row).toMatchObject({ lease: LEASE, account: 'ana', ends: '2030-01-05T15:00:00.000Z' });
  });

  test('“end” shows the plan and ends nothing where nobody can answer; with its digest it ends it for exactly this plan', async () => {
    const shown = await run('end', '--as', 'sam');
    expect(shown).toMatchObject({ code: 2, err: expect.stringContaining('nobody can answer here') });
    const digest = /--digest ([0-9a-f]{64})/.exec(shown.err)?.[1] ?? '';
    expect(await run('end', '--as', 'sam', '--digest', 'f'.repeat(64))).toMatchObject({ code: 1 });
    const ending = run('end', '--as', 'ada', '--digest', digest);
    const passes = setInterval(() => void sweeper(), 300);
    expect(await ending).toMatchObject({
      code: 4,
      err: expect.stringContaining('only the security people may: group:security, person:bo'),
    });
    expect(await run('end', '--as', 'sam', '--digest', digest)).toMatchObject({
      code: 0,
      out: 'The quarantine is over. Access can be granted again.\n',
    });
    clearInterval(passes);
    expect(await folder.ledger.readQuarantine()).toBeUndefined();
  });
});

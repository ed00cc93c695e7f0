import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditCommand } from '../../cli/commands/audit.ts';
import type { RequestId } from '../../core/ids.ts';
import { publishAll } from '../audit/published.fixture.ts';
import { shiftClock } from '../ledger/database.fixture.ts';
import { openedIn, opening, requestMadeAt, rowsOf, stepOf } from '../ledger/ledger.fixture.ts';
import { ana } from '../core/request/request.fixture.ts';
import { type Folder, logKeysOf, openFolder } from './cli.fixture.ts';

let folder: Folder;
let request: RequestId;
let before: string;
beforeAll(async () => {
  folder = await openFolder();
  const [first] = await rowsOf<{ before: Date }>(
    folder.url,
    'select min(before_at) as before from event_partition',
  );
  const end = first?.before ?? new Date();
  before = end.toISOString();
  request = await openedIn(folder.ledger, opening(requestMadeAt(end.getTime() - 86_400_000, '1')));
  await shiftClock(folder.url, end.getTime() - Date.now() + 86_400_000);
});
afterAll(() => folder?.stop());

/** Publishes everything, as a sequencer does, and exports it into a new folder. */
async function exported(name: string): Promise<string> {
  await publishAll(folder.ledger, logKeysOf(folder));
  const place = join(folder.home, name);
  expect(await folder.run(auditCommand(), 'export', place)).toMatchObject({ code: 0 });
  return place;
}

const purge = (place: string, ...more: readonly string[]) =>
  folder.run(auditCommand(), 'purge', '--before', before, '--export', place, ...more);

describe('curfew audit purge', () => {
  test('wants to be sure, and an export that verifies', async () => {
    const place = await exported('first');
    expect(await purge(place)).toMatchObject({ code: 2, err: expect.stringContaining('say so with --yes') });
    mkdirSync(join(folder.home, 'empty'));
    expect(await purge(join(folder.home, 'empty'), '--yes')).toMatchObject({
      code: 5,
      err: expect.stringMatching(/Nothing was removed: the export does not verify\.[^]*no file bundle\.json/),
    });
    expect(await purge(join(folder.home, 'nowhere'), '--yes')).toMatchObject({ code: 2 });
  });

  test('says why a quarter stays', async () => {
    const place = join(folder.home, 'first');
    const said = async (...more: readonly string[]) => (await purge(place, '--yes', ...more)).err;
    expect(await said('--before', '2020-01-01')).toContain('The oldest one in the ledger ends at');
    expect(await said()).toMatch(new RegExp(`still to be done about requests of that time[^]*${request}`));
    await folder.ledger.record(
      stepOf(request, 'withdraw', (at) => ({ kind: 'withdraw', by: ana, digest: 'd1', at })),
    );
    await rowsOf(folder.url, 'update outbox set sent_at = ledger_now()');
    await rowsOf(folder.url, 'delete from wake_up');
    expect(await said()).toContain('or they ended in the last 30 days');
    await shiftClock(folder.url, Date.parse(before) - Date.now() + 35 * 86_400_000);
    expect(await said()).toContain('does not have 1 of their events yet');
    await exported('second');
    expect(await said()).toContain(
      'at least 256 entries, because groups of 256 entries are published whole. The newest checkpoint has 3',
    );
    await rowsOf(
      folder.url,
      `insert into event (request_id, seq, step, kind, body, via, at)
       select 'req_zzz', n, 's' || n, 'refused', '{"kind":"refused"}', 'cli', ledger_now() from generate_series(0, 299) n`,
    );
    await folder.ledger.recordPublishFailure({ place: 'bucket old', kind: 'bucket' }, 'it is gone');
    expect((await purge(await exported('third'), '--yes')).err).toMatch(
      /do not have the entries yet[^]*bucket old/,
    );
  });

  test('removes the quarter, and says what it removed', async () => {
    expect(await purge(join(folder.home, 'third'), '--yes', '--without', 'bucket old')).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^Removed: 1 requests that were made before .*, with 3 entries of the log\./,
      ),
    });
  });

  test('afterwards answers say that they are not whole, and a list says what was removed', async () => {
    const whole = await folder.run(auditCommand(), 'refusals', '--csv');
    expect(whole.err).toContain('Old requests were removed from this ledger');
    expect(whole.out).not.toContain('Old requests');
    await shiftClock(folder.url, Date.parse(before) - Date.now() + 60 * 86_400_000);
    const later = new Date(Date.parse(before) + 40 * 86_400_000).toISOString();
    expect((await folder.run(auditCommand(), 'refusals', '--from', later, '--csv')).err).toBe('');
    const purges = await folder.run(auditCommand(), 'purges', '--json');
    expect(JSON.parse(purges.out)).toMatchObject([
      { before_at: before, requests: 1, entries: 3, export_size: 303 },
    ]);
    expect(purges.err).toBe('');
  });

  test('a request that was removed is not found, with the reason', async () => {
    expect(await folder.run(auditCommand(), 'story', request)).toMatchObject({
      code: 3,
      err: expect.stringMatching(
        /Those that were made before .* were removed: the exports of the log have them/,
      ),
    });
  });
});

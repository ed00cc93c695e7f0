import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { filePlace } from '../../audit/places/file-place.ts';
import { folderStore } from '../../audit/places/folder.ts';
import type { Place } from '../../audit/places/place.ts';
import { witness } from '../../audit/places/witness.ts';
import { runSequencer } from '../../audit/sequencer.ts';
import { openedIn } from '../ledger/ledger.fixture.ts';
import { ledger, rows } from '../ledger/own-ledger.fixture.ts';
import { temporaryFolder } from '../manifest/folder.fixture.ts';
import { until } from '../until.fixture.ts';
import { LOG_NAME } from './log.fixture.ts';
import { Witness, witnessKey, WitnessServer } from './places/witness.fixture.ts';
import { LOG_KEYS } from './published.fixture.ts';

// A witness need not show the checkpoint that it cosigned (https://c2sp.org/tlog-witness).

const server = new WitnessServer();
const one = new Witness();
one.shown = () => ({ status: 404 });
server.witnesses.set('silent', one);
beforeAll(() => server.listen());
afterAll(() => server.close());

let stop = (): Promise<void> => Promise.resolve();
afterEach(() => stop());

const witnessPlace = (): Place => witness({ url: server.url('silent'), key: witnessKey, origin: LOG_NAME });
const emptyFolder = (): Place => filePlace(folderStore(temporaryFolder()));
const NOTHING = 'nothing is signed, and so nothing is granted';
/** The errors that the sequencer logged, up to the first colon. */
const told = new Set<string>();
const report = {
  ...{ info: () => undefined, warn: () => undefined },
  error: (_details: object, message: string) => void told.add(message.split(':')[0] ?? ''),
};
function started(...places: readonly Place[]): void {
  const running = runSequencer(ledger, { ...LOG_KEYS, places }, { report, everyMs: 20 });
  stop = () => running.stop();
}
async function goesOn(): Promise<void> {
  await openedIn(ledger);
  const [all] = await rows<{ count: number }>('select count(*)::int as count from log_row');
  await until('a checkpoint has everything', async () => {
    const { published } = await ledger.logProgress();
    return published >= (all?.count ?? 0);
  });
}

describe('with a witness that shows nothing, the log goes on after a restart (I21, F36)', () => {
  test.each<[string, () => readonly Place[]]>([
    ['the witness is the only place, and the log is new', () => [witnessPlace()]],
    ['the witness is the only place', () => [witnessPlace()]],
    ['the folder was lost, and a new one takes its place', () => [emptyFolder(), witnessPlace()]],
  ])('%s', async (_which, places) => {
    started(...places());
    await goesOn();
  });

  test('but not while it says that it has more than the ledger', async () => {
    const { signed, count } = { signed: one.bodies.length, count: (await ledger.logProgress()).size };
    const headers = { 'content-type': 'text/x.tlog.size' };
    server.submissions.set('silent', { status: 409, text: '999999\n', headers });
    started(emptyFolder(), witnessPlace());
    await openedIn(ledger);
    await until('the problem is named', async () =>
      (await ledger.logPlaces()).some(({ problem }) =>
        problem?.startsWith('it says that it has 999999 entries'),
      ),
    );
    expect([one.bodies.length, (await ledger.logProgress()).size]).toEqual([signed, count]);
    server.submissions.delete('silent');
    await goesOn();
  });

  test('but not after it has forgotten what it cosigned, also after a restart, until another place shows the log', async () => {
    const folder = emptyFolder();
    started(folder, witnessPlace());
    await goesOn();
    await stop();
    one.kept = undefined;
    const { size: signed } = await ledger.logProgress();
    for (const _start of ['the first', 'after kill -9']) {
      told.clear();
      started(emptyFolder(), witnessPlace());
      await openedIn(ledger);
      await until('somebody is told', () => Promise.resolve(told.has(NOTHING)));
      expect([(await ledger.logProgress()).size, one.kept]).toEqual([signed, undefined]);
      await stop();
    }
    const lost = (await ledger.logPlaces()).filter(({ loss }) => loss !== null);
    const less = /^it shows 0 entries, and \d+ were published there/;
    expect(lost).toMatchObject([
      { kind: 'witness', loss: expect.stringMatching(less), problem: expect.stringMatching(less) },
    ]);
    started(folder, witnessPlace());
    await goesOn();
    expect(one.kept).toBeDefined();
  });
});

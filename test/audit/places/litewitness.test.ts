import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { openLogPlaces } from '../../../app/log-places.ts';
import { openCosignatures } from '../../../audit/note/cosignature.ts';
import { parseNote } from '../../../audit/note/note.ts';
import { parsePlaces } from '../../../audit/places/parse-places.ts';
import type { Place, Update } from '../../../audit/places/place.ts';
import type { PlacePublisher } from '../../../audit/publisher.ts';
import { publishersAt } from '../../../audit/publishers.ts';
import { temporaryFolder } from '../../manifest/folder.fixture.ts';
import { until } from '../../until.fixture.ts';
import { fakeLog } from '../fake-log.fixture.ts';
import { LOG_NAME, noteOf, updateOf } from '../log.fixture.ts';
import { never } from './contract.fixture.ts';
import { installed, LiteWitness } from './litewitness.fixture.ts';

// What a real witness of C2SP tlog-witness does, torchwood's, and what Curfew makes of it.

const missing = await installed();
if (missing !== undefined) console.log(`skipped: ${missing}`);
const withWitness = missing === undefined ? test : test.skip;

let witness: LiteWitness | undefined;
beforeAll(async () => {
  if (missing === undefined) witness = await LiteWitness.open();
});
afterAll(() => witness?.close());

/** The places of one line of the settings. */
const placesOf = (places: string, name = LOG_NAME): Promise<readonly Place[]> =>
  openLogPlaces({ name, publicKeys: [], keys: [], places }, { home: temporaryFolder() });
const ALONE = () => witness?.setting ?? '';
const WITH_A_FOLDER = () => `${temporaryFolder()},${ALONE()}`;

const started: PlacePublisher[] = [];
afterEach(async () => {
  for (const publisher of started.splice(0)) await publisher.stop();
});

/** A ledger with a log of so many entries, and what it publishes. */
async function publishing(size: number, setting: string) {
  const log = fakeLog('one', size);
  const publishers = publishersAt(await placesOf(setting), log.deps, 3_600_000);
  started.push(...publishers);
  const lines: string[] = [];
  const recordPublished = (published: Readonly<{ size: number; cosignatures: readonly string[] }>) => {
    lines.push(...published.cosignatures);
    return Promise.resolve(void log.recorded.push(['published', published.size]));
  };
  Object.assign(log.deps.ledger, { recordPublished });
  return {
    ...{ log, lines },
    give: (update: Update) => publishers.forEach((publisher) => publisher.publish(update)),
    recorded: (what: string) => until(`“${what}” is recorded`, async () => log.what().includes(what)),
    problem: () => String(log.recorded.find(([what]) => what === 'failed')?.[1]),
  };
}
withWitness(
  'it cosigns each checkpoint, which counts then: one line of the settings is enough (I21)',
  async () => {
    const { log, lines, give, recorded } = await publishing(3, WITH_A_FOLDER());
    give(updateOf(3));
    await recorded('stored');
    give(updateOf(5));
    await until('both count', async () => log.what().filter((what) => what === 'stored').length === 2);
    const setting = parsePlaces(ALONE());
    const [one] = setting.ok ? setting.value : [];
    const note = parseNote(updateOf(5).note);
    const text = note.ok ? note.value.text : '';
    const opened = openCosignatures(text, lines.at(-1) + '\n', one?.kind === 'witness' ? [one.key] : []);
    expect(opened).toMatchObject({ ok: true, value: [{ at: expect.any(Number) }] });
    expect(log.what()).not.toContain('failed');
    const [again] = await placesOf(ALONE());
    expect(await again?.publish(updateOf(5), never)).toMatchObject({ kind: 'published' });
  },
);

withWitness.each([
  ['of the same size', 5],
  ['of a larger size', 7],
])(
  'it refuses a fork %s: nothing counts, and without a proof there is no quarantine (I21, T25)',
  async (_which, size) => {
    const { log, give, recorded, problem } = await publishing(size, ALONE());
    give(updateOf(size, { history: 'other' }));
    await recorded('failed');
    expect(problem()).toMatch(/^it refuses this checkpoint, as if it had another log of this name \(422\)/);
    expect([log.what().includes('stored'), log.isQuarantined()]).toEqual([false, false]);
  },
);

withWitness('it refuses a rollback: nothing counts (I21)', async () => {
  const { log, give, recorded, problem } = await publishing(2, ALONE());
  give(updateOf(2));
  await recorded('failed');
  expect(problem()).toMatch(
    /^it says that it has 5 entries of this log, and the ledger has 2\. Nothing is granted/,
  );
  expect(log.what()).not.toContain('stored');
});

withWitness(
  'while it is away nothing counts, although the folder has the log, and it goes on when it is back (F36)',
  async () => {
    await witness?.stop();
    const { log, give, recorded, problem } = await publishing(8, WITH_A_FOLDER());
    give(updateOf(8));
    await recorded('published');
    await recorded('failed');
    expect(problem()).toMatch(/does not answer: .*Nothing is granted/);
    expect(log.what()).not.toContain('stored');
    await witness?.start();
    await recorded('stored');
  },
);

withWitness('it does not know another log (403)', async () => {
  const other = await placesOf(ALONE(), 'other.example/log');
  const { checkpoint } = updateOf(3);
  const note = noteOf({ ...checkpoint, origin: 'other.example/log' });
  expect(await other[0]?.publish(updateOf(3, { note }), never)).toEqual({
    ...{ kind: 'refused', why: expect.stringContaining('does not know the key of the log') },
  });
});

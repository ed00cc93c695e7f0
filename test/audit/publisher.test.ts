import { afterEach, describe, expect, test } from '@jest/globals';
import type { Place, PublishResult, Update } from '../../audit/places/place.ts';
import { type PlacePublisher, publishAt } from '../../audit/publisher.ts';
import { until } from '../until.fixture.ts';
import { fakeLog, noteOfLog } from './fake-log.fixture.ts';
import { updateOf } from './log.fixture.ts';

const started: PlacePublisher[] = [];
afterEach(async () => {
  for (const publisher of started.splice(0)) await publisher.stop();
});

type Answer = (update: Update) => PublishResult | Promise<PublishResult>;
const TAKEN: PublishResult = { kind: 'published', cosignatures: '' };

/** A publisher at a place that answers one attempt after the other, and the last answer from then on. */
function publishing(...answers: readonly Answer[]) {
  const log = fakeLog('one', 6);
  const tried: number[] = [];
  const place: Place = {
    ...{ name: 'a place', kind: 'folder' },
    newest: () => Promise.resolve(undefined),
    publish: async (update) => {
      const answer = answers[Math.min(tried.length, answers.length - 1)];
      tried.push(update.checkpoint.size);
      return answer ? answer(update) : TAKEN;
    },
  };
  const taken = async ({ size }: { size: number }) => void log.recorded.push(['taken', size]);
  const publisher = publishAt(place, log.deps, { readAgainMs: 3_600_000, taken });
  started.push(publisher);
  return { log, tried, publisher };
}

const published =
  (of: PublishResult): Answer =>
  () =>
    of;
const recordedAfter = async (log: ReturnType<typeof fakeLog>, what: string) => {
  await until(`“${what}” is recorded`, () => Promise.resolve(log.what().includes(what)));
  return log.what();
};

describe('what a place answers is recorded as it is', () => {
  test.each<[string, PublishResult, readonly string[]]>([
    ['it has the checkpoint', TAKEN, ['published', 'taken']],
    [
      'it has a later one, which is a state of this log',
      { kind: 'ahead', size: 5, note: noteOfLog('one', 5) },
      ['taken'],
    ],
    [
      'it has a later one of another log',
      { kind: 'ahead', size: 5, note: noteOfLog('two', 5) },
      ['quarantine', 'failed'],
    ],
    ['it has a longer log', { kind: 'ahead', size: 9, note: noteOfLog('one', 9) }, ['quarantine', 'failed']],
    ['it says that it has a later one, and shows none', { kind: 'ahead', size: 9 }, ['failed']],
    [
      'it has another log of this key',
      { kind: 'fork', size: 4, note: noteOfLog('two', 4) },
      ['quarantine', 'failed'],
    ],
    [
      'it says that it has another log, and shows a state of this one',
      { kind: 'fork', size: 4, note: noteOfLog('one', 4) },
      ['failed'],
    ],
    [
      'a file there was changed',
      { kind: 'altered', path: 'tile/0/000', why: 'it is another one' },
      ['failed'],
    ],
    ['it does not accept this log', { kind: 'refused', why: 'no such log' }, ['failed']],
  ])('%s', async (_what, answer, recorded) => {
    const { log, publisher } = publishing(published(answer));
    publisher.publish(updateOf(4));
    expect(await recordedAfter(log, recorded.at(-1) ?? '')).toEqual(recorded);
    expect(publisher.state()).toBe(recorded.includes('failed') ? 'new' : 'agrees');
  });

  test('an error of the place is a failure', async () => {
    const { log, publisher } = publishing(() => Promise.reject(new Error('it does not answer')));
    publisher.publish(updateOf(4));
    await recordedAfter(log, 'failed');
    expect(log.recorded).toEqual([['failed', 'it does not answer']]); // Only a witness stops grants.
  });
});

test('nothing is published while the ledger is in quarantine (I25)', async () => {
  const { log, tried, publisher } = publishing();
  let asked = 0;
  const { ledger } = log.deps;
  Object.assign(ledger, { isQuarantined: () => Promise.resolve((asked += 1) > 0) });
  publisher.publish(updateOf(4));
  await until('it asks whether there is a quarantine', () => Promise.resolve(asked > 0));
  await publisher.stop();
  expect([tried, log.what()]).toEqual([[], []]);
});

test('a newer checkpoint that is given meanwhile is published after the older one', async () => {
  let take = (): void => undefined;
  const first: Answer = () => new Promise((resolve) => (take = () => resolve(TAKEN)));
  const { log, tried, publisher } = publishing(first, published(TAKEN));
  publisher.publish(updateOf(4));
  await until('the place is asked', () => Promise.resolve(tried.length === 1));
  publisher.publish(updateOf(5));
  publisher.publish(updateOf(6));
  take();
  await until('both are published', () => Promise.resolve(log.what().length === 4));
  expect(tried).toEqual([4, 6]);
});

describe('a place that showed fewer entries before than were published there lost some', () => {
  test.each([
    ['as many', 4, false],
    ['one less', 3, true],
    ['none', 0, true],
  ])('it showed %s', async (_what, before, isLost) => {
    const { log, publisher } = publishing(
      published(TAKEN),
      published({ kind: 'published', cosignatures: '', before }),
    );
    publisher.publish(updateOf(4));
    await recordedAfter(log, 'taken');
    publisher.publish(updateOf(5));
    await until('the second one is published', () =>
      Promise.resolve(log.recorded.some(([what, size]) => what === 'published' && size === 5)),
    );
    expect(log.what().includes('lost')).toBe(isLost);
  });
});

test('each signature of a witness is recorded, and no empty line', async () => {
  const { log, publisher } = publishing(
    published({ kind: 'published', cosignatures: '— a x\n— b y\n— c z\n' }),
  );
  const lines: unknown[] = [];
  const recordPublished = ({ cosignatures }: { cosignatures: readonly string[] }) =>
    Promise.resolve(void lines.push(...cosignatures));
  Object.assign(log.deps.ledger, { recordPublished });
  publisher.publish(updateOf(4));
  await until('they are recorded', () => Promise.resolve(lines.length > 0));
  expect(lines).toEqual(['— a x', '— b y', '— c z']);
});

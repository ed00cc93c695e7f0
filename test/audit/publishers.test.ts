import { afterEach, describe, expect, test } from '@jest/globals';
import type { Place, PlaceKind, PublishResult, Update } from '../../audit/places/place.ts';
import type { PlacePublisher } from '../../audit/publisher.ts';
import { publishersAt } from '../../audit/publishers.ts';
import { until } from '../until.fixture.ts';
import { fakeLog, noteOfLog } from './fake-log.fixture.ts';
import { updateOf } from './log.fixture.ts';

const started: PlacePublisher[] = [];
afterEach(async () => {
  for (const publisher of started.splice(0)) await publisher.stop();
});

const TAKEN: PublishResult = { kind: 'published', cosignatures: '' };

/** A place that answers each attempt when the test says so. */
class Asked {
  readonly sizes: number[] = [];
  readonly place: Place;
  #answer: (published: PublishResult) => void = () => undefined;

  constructor(kind: PlaceKind, name: string) {
    this.place = {
      ...{ kind, name },
      newest: () => Promise.resolve(undefined),
      publish: ({ checkpoint }) => {
        this.sizes.push(checkpoint.size);
        return new Promise((resolve) => (this.#answer = resolve));
      },
    };
  }

  async asked(times: number): Promise<void> {
    await until(`the ${this.place.name} is asked ${times} times`, async () => this.sizes.length >= times);
  }

  /** Answers the attempt of this number, when it was made. */
  async answer(times: number, published: PublishResult = TAKEN): Promise<void> {
    await this.asked(times);
    this.#answer(published);
  }
}

function publishing(witnesses: number, places: number) {
  const log = fakeLog('one', 20);
  const all = [
    ...Array.from({ length: witnesses }, (_, at) => new Asked('witness', `witness ${at}`)),
    ...Array.from({ length: places }, (_, at) => new Asked('folder', `folder ${at}`)),
  ];
  const publishers = publishersAt(
    all.map(({ place }) => place),
    log.deps,
    3_600_000,
  );
  started.push(...publishers);
  const count = (what: string) => log.what().filter((each) => each === what).length;
  return {
    ...{ log, publishers },
    witnesses: all.slice(0, witnesses),
    places: all.slice(witnesses),
    give: (update: Update) => publishers.forEach((publisher) => publisher.publish(update)),
    recorded: (what: string, times: number) =>
      until(`“${what}” is recorded ${times} times`, async () => count(what) >= times),
    stored: () => log.recorded.flatMap(([what, size]) => (what === 'stored' ? [size] : [])),
  };
}

describe('a checkpoint counts once a place has it and every witness cosigned it (I21)', () => {
  test.each<[string, number, number, readonly number[], readonly number[], readonly number[]]>([
    ['without a witness, once the second of three places has it', 0, 3, [], [1], [4]],
    ['without a witness, not before a place has it', 0, 3, [], [], []],
    [
      'with three witnesses, once all cosigned it and the second of two places has it',
      3,
      2,
      [0, 1, 2],
      [1],
      [4],
    ],
    ['with three witnesses, not while the first one did not', 3, 2, [1, 2], [0, 1], []],
    ['with three witnesses, not while the last one did not', 3, 2, [0, 1], [0, 1], []],
    ['with three witnesses, not before a place has it', 3, 2, [0, 1, 2], [], []],
    ['where only witnesses are configured, once all cosigned it', 2, 0, [0, 1], [], [4]],
  ])('%s', async (_which, witnessCount, placeCount, cosigning, having, stored) => {
    const { witnesses, places, give, recorded, stored: all } = publishing(witnessCount, placeCount);
    give(updateOf(4));
    for (const at of cosigning) await witnesses[at]?.answer(1);
    for (const at of having) await places[at]?.answer(1);
    await recorded('published', cosigning.length + having.length);
    if (stored.length > 0) await recorded('stored', 1);
    expect(all()).toEqual(stored);
  });

  test.each<[string, PublishResult]>([
    ['refuses it', { kind: 'refused', why: 'it does not know the key of the log' }],
    ['shows that it has another log', { kind: 'fork', size: 3, note: noteOfLog('two', 3) }],
    ['says that it has more than the ledger', { kind: 'ahead', size: 99 }],
  ])('and not while the second of three witnesses %s, whatever the places have', async (_how, answer) => {
    const { witnesses, places, give, recorded, stored, log } = publishing(3, 1);
    give(updateOf(4));
    for (const at of [0, 2]) await witnesses[at]?.answer(1);
    await places[0]?.answer(1);
    await recorded('published', 3);
    await witnesses[1]?.answer(1, answer);
    await recorded('failed', 1);
    expect(stored()).toEqual([]);
    expect(log.isQuarantined()).toBe(answer.kind === 'fork');
    expect(log.recorded.find(([what]) => what === 'failed')?.[1]).toMatch(
      /Nothing is granted before the witness cosigns\. To go on without it, remove it from CURFEW_LOG_PLACES$/,
    );
  });
});

test.each([1, 2, 3])(
  'each of %d witnesses is asked once for a checkpoint, also when the last of them answers after the place, and then for the next one',
  async (count) => {
    const { witnesses, places, give, recorded, stored } = publishing(count, 1);
    for (const [at, size] of [4, 5, 6].entries()) {
      give(updateOf(size));
      await places[0]?.answer(at + 1);
      await recorded('published', at * (count + 1) + 1);
      for (const witness of witnesses) await witness.answer(at + 1);
      await recorded('stored', at + 1);
    }
    expect([stored(), ...witnesses.map(({ sizes }) => sizes)]).toEqual(
      Array.from({ length: count + 1 }, () => [4, 5, 6]),
    );
  },
);

test('all witnesses cosign the same checkpoints: they get a newer one when the last one counts', async () => {
  const { witnesses, places, give, recorded, stored } = publishing(2, 1);
  const [fast, slow] = witnesses as [Asked, Asked];
  give(updateOf(4));
  await slow.asked(1);
  await fast.answer(1);
  for (const size of [5, 6]) give(updateOf(size));
  await places[0]?.answer(1);
  await places[0]?.answer(2);
  await recorded('published', 3);
  expect([fast.sizes, slow.sizes, stored()]).toEqual([[4], [4], []]);
  await slow.answer(1);
  for (const each of [fast, slow]) await each.answer(2);
  await recorded('stored', 2);
  expect([fast.sizes, slow.sizes, stored()]).toEqual([
    [4, 6],
    [4, 6],
    [4, 6],
  ]);
});

test.each([
  ['a part of the log', 5],
  ['all of the log', 20],
])(
  'a checkpoint that a witness cannot cosign, because it cosigned %s for another process, gives way to a newer one',
  async (_what, size) => {
    const { witnesses, places, give, recorded, stored, log } = publishing(2, 1);
    give(updateOf(4));
    await places[0]?.answer(1);
    give(updateOf(6));
    await places[0]?.answer(2);
    await witnesses[0]?.answer(1);
    log.showed(size, 'witness 1');
    await witnesses[1]?.answer(1, { kind: 'ahead', size, note: noteOfLog('one', size) });
    for (const each of witnesses) await each.answer(2);
    await recorded('stored', 1);
    expect([stored(), log.what().includes('failed')]).toEqual([[6], false]);
  },
);

test.each<[string, (size: number) => PublishResult]>([
  ['no checkpoint', (size) => ({ kind: 'ahead', size })],
  [
    'a checkpoint of that size, which other places have',
    (size) => ({ kind: 'ahead', size, note: noteOfLog('one', size) }),
  ],
])(
  'a witness that says without a proof that it cosigned a later checkpoint is named each time, also when it shows %s (I21)',
  async (_what, ahead) => {
    const { witnesses, places, give, recorded, stored, log } = publishing(2, 1);
    log.showed(4, 'witness 1');
    for (const [at, size] of [4, 6, 8].entries()) {
      give(updateOf(size));
      await places[0]?.answer(at + 1);
      await witnesses[0]?.answer(at + 1);
      await witnesses[1]?.answer(at + 1, ahead(size + 1));
      await recorded('failed', at + 1);
    }
    expect([stored(), log.isQuarantined()]).toEqual([[], false]);
    expect(log.recorded.find(([what]) => what === 'failed')?.[1]).toBe(
      'it says that it has 5 entries of this log, and it gave this ledger no cosignature of so many. Ask its operator for the newest checkpoint that it cosigned. Nothing is granted before the witness cosigns. To go on without it, remove it from CURFEW_LOG_PLACES',
    );
    give(updateOf(10));
    for (const each of [...places, ...witnesses]) await each.answer(4);
    await recorded('stored', 1);
    expect([stored(), log.what().includes('lost')]).toEqual([[10], false]);
  },
);

test('a cosignature of an older checkpoint does not count for the next one (I21)', async () => {
  const { witnesses, places, give, recorded, stored, log } = publishing(2, 1);
  const [slow, other] = witnesses as [Asked, Asked];
  log.showed(5, 'witness 1');
  give(updateOf(4));
  await slow.asked(1);
  await places[0]?.answer(1);
  give(updateOf(6));
  await places[0]?.answer(2);
  await other.answer(1, { kind: 'ahead', size: 5, note: noteOfLog('one', 5) });
  await other.answer(2);
  await slow.answer(1);
  await slow.asked(2);
  expect(stored()).toEqual([]);
  await slow.answer(2);
  await recorded('stored', 1);
  expect(stored()).toEqual([6]);
});

test('a late answer of a witness about an older checkpoint does not end the question about the next one (I21)', async () => {
  const { witnesses, places, give, recorded, stored, log } = publishing(2, 1);
  const [slow, other] = witnesses as [Asked, Asked];
  for (const name of ['witness 0', 'witness 1']) log.showed(5, name);
  const ahead: PublishResult = { kind: 'ahead', size: 5, note: noteOfLog('one', 5) };
  give(updateOf(4));
  await slow.asked(1);
  await places[0]?.answer(1);
  give(updateOf(6));
  await places[0]?.answer(2);
  await other.answer(1, ahead);
  await other.asked(2);
  await slow.answer(1, ahead);
  for (const each of [slow, other]) await each.answer(2);
  await recorded('stored', 1);
  expect(stored()).toEqual([6]);
});

test('a checkpoint that is stored twice at the same time ends only its own question', async () => {
  const { witnesses, places, give, recorded, stored, log } = publishing(1, 2);
  const ledger = { ...log.deps.ledger };
  const stores: (() => void)[] = [];
  log.deps.ledger.storeCheckpoint = async (note) => {
    if (note.size === 4) await new Promise<void>((resolve) => stores.push(resolve));
    return ledger.storeCheckpoint(note);
  };
  give(updateOf(4));
  await places[0]?.answer(1);
  await witnesses[0]?.answer(1);
  await places[1]?.answer(1);
  await until('it is stored twice', async () => stores.length === 2);
  give(updateOf(6));
  stores[0]?.();
  await witnesses[0]?.asked(2);
  stores[1]?.();
  await recorded('stored', 2);
  await witnesses[0]?.answer(2);
  await places[0]?.answer(2);
  await recorded('stored', 3);
  expect(stored()).toEqual([4, 4, 6]);
});

test('a place that is behind does not hide that another one has the checkpoint', async () => {
  const { witnesses, places, give, recorded, stored } = publishing(1, 2);
  give(updateOf(4));
  await places[0]?.asked(1);
  await places[1]?.asked(1);
  give(updateOf(6));
  await places[0]?.answer(1);
  await witnesses[0]?.answer(1);
  await recorded('stored', 1);
  await places[0]?.answer(2);
  await recorded('published', 3);
  await places[1]?.answer(1);
  await recorded('published', 4);
  await witnesses[0]?.answer(2);
  await recorded('stored', 2);
  expect(stored()).toEqual([4, 6]);
});

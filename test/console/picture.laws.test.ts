import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { allAccess } from '../../audit/questions/index.ts';
import { tracksOf } from '../../console/pages/access/tracks.ts';
import type { AccessQuestion } from '../../console/pages/access/question.ts';
import { type AccessAnswer, readAccess } from '../../console/pages/access/read.ts';
import type { Instant, PersonId } from '../../core/ids.ts';
import { ok } from '../../core/result.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Policy, PolicySet, Sight } from '../../policy/index.ts';
import { everythingHeld, type Held, isDuring, whatHeld, whoHad } from '../audit/oracle.fixture.ts';
import { openWorld, type StoredWorld } from '../audit/stored-world.fixture.ts';
import { BASE, chance, ENTITLEMENTS, PEOPLE, type World, worldOf } from '../audit/world.fixture.ts';

const SEED = Number(process.env['TEST_LAW_SEED'] ?? Math.floor(Math.random() * 1e9));
const REQUESTS = 60;
const MOMENTS = 1000;
/** The moments are in parts, because all of them together take long on a machine that is busy. */
const PARTS = 4;
const DAY_MS = 86_400_000;
const NOW = (BASE + 40 * DAY_MS) as Instant;

const world: World = worldOf(SEED, REQUESTS);
let stored: StoredWorld;
let ledger: Ledger;
beforeAll(async () => {
  stored = await openWorld(world, { seed: SEED + 1, role: 'console' });
  ({ ledger } = stored);
});
afterAll(() => stored?.stop());

/** The random histories have no policy files. Everybody and everything is known by the ledger. */
const policy: Pick<Policy, 'current' | 'lastKnown' | 'entitlementNamed' | 'problem'> = {
  current: () => Promise.resolve(ok({} as PolicySet)),
  lastKnown: () => Promise.resolve(undefined),
  entitlementNamed: () => Promise.resolve(undefined),
  problem: () => Promise.resolve(undefined),
};
const sight: Sight = {
  ...{ reader: 'auditor' as PersonId, isAuditor: true, isSecurity: false },
  ...{ owns: new Set(), approves: new Set(), manages: new Set() },
};

/** Every page of an answer. */
async function wholeAnswer(question: AccessQuestion): Promise<AccessAnswer> {
  const answer = await readAccess({ ledger, policy: policy as Policy }, { sight }, question);
  if (!answer.ok) throw new Error(JSON.stringify([question, answer.error]));
  const { rows, next } = answer.value;
  if (next === undefined) return answer.value;
  return { ...answer.value, rows: [...rows, ...(await wholeAnswer({ ...question, after: next })).rows] };
}

const idsOf = (found: readonly Readonly<{ id: string }>[]) => found.map(({ id }) => id).sort();
const instants = everythingHeld(world).flatMap(({ since, until }) => [
  since,
  ...(until === undefined ? [] : [until]),
]);
const known = everythingHeld(world);

/** A question that a seed chooses. Every second moment is one at which an access began or ended, or one millisecond beside it. */
function questionOf(seed: number): AccessQuestion {
  const random = chance(seed);
  const at = (
    random.isLikely(0.5) ? random.one(instants) + random.upTo(3) - 1 : BASE + random.upTo(NOW - BASE)
  ) as Instant;
  const from = (at - random.upTo(3 * DAY_MS) - 1) as Instant;
  const to = Math.min(NOW, at + random.upTo(3 * DAY_MS) + 1) as Instant;
  const hadIt = (column: 'entitlement' | 'person', name: string) =>
    known.some((each) => each[column] === name);
  const entitlement = random.one(ENTITLEMENTS.filter((name) => hadIt('entitlement', name)));
  const person = random.one(PEOPLE.filter((name) => hadIt('person', name)));
  const about = random.one([{ entitlement }, { person }, {}, { entitlement, person }]);
  return { ...about, at, from, to, list: 'moment' };
}

function expected({ entitlement, person }: AccessQuestion, from: Instant, to: Instant): readonly Held[] {
  const had = entitlement === undefined ? undefined : whoHad(world, entitlement, { from, to });
  const held = person === undefined ? undefined : whatHeld(world, person, { from, to });
  if (had && held) return had.filter(({ id }) => held.some((each) => each.id === id));
  return had ?? held ?? known.filter((each) => isDuring(each, from, to));
}

test.each(Array.from({ length: PARTS }, (_, each) => each))(
  `the list and the picture at ${MOMENTS} moments of random histories are what the histories say: part %i of ${PARTS} (seed ${SEED})`,
  async (part) => {
    let drawn = 0;
    for (let round = part; round < MOMENTS; round += PARTS) {
      const question = questionOf(SEED + round);
      const { at, from, to } = question;
      const told = [SEED + round, JSON.stringify(question)];
      const answer = await wholeAnswer(question);
      expect([told, idsOf(answer.rows)]).toEqual([told, idsOf(expected(question, at, at))]);
      if (answer.picture.kind !== 'bars') continue;
      drawn += 1;
      expect([told, idsOf(answer.picture.rows)]).toEqual([told, idsOf(expected(question, from, to))]);
      const place = (at - from) / (to - from);
      const bars = tracksOf(answer.picture.rows, { from, to }, NOW).flatMap((track) => track.bars);
      const below = bars.filter(({ start, end }) => start <= place && place <= end).map(({ row }) => row);
      expect([told, idsOf(below)]).toEqual([told, idsOf(answer.rows)]);
    }
    expect(drawn).toBeGreaterThan(MOMENTS / PARTS / 2);
  },
);

test(`where there are too many to draw, the picture has their number at each moment (seed ${SEED})`, async () => {
  const moments = Array.from({ length: 61 }, (_, each) => (BASE + each * 600_000) as Instant);
  const counts = await ledger.countAccess({ view: 'access', where: [] }, moments);
  expect(counts).toEqual(moments.map((at) => known.filter((each) => isDuring(each, at, at)).length));
});

test(`the same of what was recorded at a moment in the past (seed ${SEED})`, async () => {
  const random = chance(SEED + 5000);
  for (let round = 0; round < 20; round += 1) {
    const knownAt = (random.one(instants) + random.upTo(3) - 1) as Instant;
    const moments = Array.from({ length: 40 }, () => (random.one(instants) + random.upTo(3) - 1) as Instant)
      .filter((at) => at <= knownAt)
      .sort((a, b) => a - b);
    const [from, to] = [moments[0], moments.at(-1)];
    if (from === undefined || to === undefined) continue;
    const held = everythingHeld(world, { knownAt });
    expect([knownAt, await ledger.countAccess(allAccess({ from, to, knownAt }), moments)]).toEqual([
      knownAt,
      moments.map((at) => held.filter((each) => isDuring(each, at, at)).length),
    ]);
  }
});

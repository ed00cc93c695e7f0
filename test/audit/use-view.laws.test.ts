import { beforeAll, expect } from '@jest/globals';
import fc from 'fast-check';
import type { RequestId } from '../../core/ids.ts';
import { grantedIn } from '../ledger/ledger.fixture.ts';
import { ledger, rows } from '../ledger/own-ledger.fixture.ts';
import { holdsOnServers } from '../laws.fixture.ts';

// Random leases with random readings, compared with an oracle that looks at each reading by itself. Times are whole seconds.

type Covers = Readonly<{ from: number; until: number }>;
type PartState = 'used' | 'not-used' | 'unknown';
type Reading = Readonly<{ amount: number | null; covers: Covers | null; part: PartState }>;
type History = Readonly<{ granted: number; ended: number | null; readings: readonly Reading[] }>;

const second = fc.integer({ min: 0, max: 9 });
const covers = fc.tuple(second, second).map(([from, more]): Covers => ({ from, until: from + more }));
const reading: fc.Arbitrary<Reading> = fc
  .record({
    amount: fc.option(fc.nat(2)),
    covers: fc.option(covers),
    part: fc.constantFrom<PartState>('used', 'not-used', 'unknown'),
  })
  // What the table refuses is no reading: nothing used, where not everything is shown.
  .map((each) =>
    each.amount === null || (each.amount === 0 && !each.covers)
      ? { ...each, amount: null, covers: null }
      : each,
  );
const history: fc.Arbitrary<History> = fc.record({
  granted: fc.integer({ min: 0, max: 4 }),
  ended: fc.option(fc.integer({ min: 5, max: 9 })),
  readings: fc.array(reading, { maxLength: 4 }),
});

let template: RequestId;
beforeAll(async () => void (template = await grantedIn(ledger)));

let made = 0;
const at = (seconds: number): string => new Date(Date.UTC(2027, 0, 1) + seconds * 1_000).toISOString();

/** Writes a lease with these readings, beside those that are there. Returns its id. */
async function written({ granted, ended, readings }: History): Promise<string> {
  const [request, lease] = [`req_law_${(made += 1)}`, `lease_law_${made}`];
  await rows(
    `insert into request select $1, requester, entitlement, minutes, 'closed', targets, shown, approvers, opened_at, lapses_at, ends_at, closed_at from request where id = $2`,
    [request, template],
  );
  await rows(
    `insert into lease (id, request_id, position, provider, state, lock_key, ends_at) values ($1, $2, 0, 'fake', 'revoked', 'x', now())`,
    [lease, request],
  );
  for (const [seq, [kind, when]] of [['granted', granted] as const, ['revoked', ended] as const].entries())
    if (when !== null)
      await rows(
        `insert into event (request_id, seq, step, kind, body, via, at) values ($1, $2, $3, $3, jsonb_build_object('kind', $3::text, 'lease', $4::text), 'sweeper', $5)`,
        [request, seq, kind, lease, at(when)],
      );
  for (const each of readings)
    await rows(
      `insert into use_reading (lease_id, read_at, source, kind, amount, unit, covered_from, covered_until, parts, why)
       values ($1, $2, 'list', $3, $4, $5, $6, $7, $8, $9)`,
      [
        ...[lease, at(10), each.amount === null ? 'unknown' : 'known', each.amount],
        ...[
          each.amount === null ? null : 'uses',
          each.covers && at(each.covers.from),
          each.covers && at(each.covers.until),
        ],
        ...[
          JSON.stringify(each.amount === null ? [] : [{ part: 'p', use: each.part }]),
          each.amount === null ? 'hidden' : null,
        ],
      ],
    );
  return lease;
}

/** What can be said of the lease. */
function expected({ granted, ended, readings }: History) {
  const known = readings.filter(({ amount }) => amount !== null);
  const sinceGrant = known.filter((each) => each.covers && each.covers.from <= granted);
  const wholes = sinceGrant.filter((each) => ended !== null && (each.covers?.until ?? -1) >= ended);
  const isUsed = known.some(({ amount }) => (amount ?? 0) > 0);
  const verdict = isUsed
    ? 'used'
    : wholes.length > 0
      ? 'never-used'
      : ended === null && sinceGrant.length > 0
        ? 'not-used-so-far'
        : 'unknown';
  const part = known.some((each) => each.part === 'used')
    ? 'used'
    : wholes.some((each) => each.part === 'not-used')
      ? 'not-used'
      : 'unknown';
  return { verdict, parts: known.length === 0 ? [] : [part] };
}

holdsOnServers(
  'the line of use says what the readings show, and nothing is "not used" unless it was shown from the grant to the end',
  fc.array(history, { minLength: 10, maxLength: 10 }),
  async (histories) => {
    for (const each of histories) {
      const lease = await written(each);
      const [found] = await rows<{ verdict: string; parts: readonly { use: string }[] }>(
        'select verdict, parts from audit.lease_use where lease_id = $1',
        [lease],
      );
      expect({ verdict: found?.verdict, parts: found?.parts.map(({ use }) => use) }).toEqual(expected(each));
    }
  },
);

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Instant, leaseIdOf, type RequestId } from '../../core/ids.ts';
import { linesOfUse, neverUsed, partlyUsed, type UseLine } from '../../audit/questions/use.ts';
import { openLedger } from '../../ledger/index.ts';
import type { Provider } from '../../providers/provider.ts';
import { readingsBeside } from '../../requests/use/beside-revocation.ts';
import { readUses } from '../../upkeep/read-uses.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { type RequestsFixture, startRequestsFixture } from '../requests/requests.fixture.ts';
import { answered, approvedWithoutWorkflow, granted, revoked } from '../requests/steps.fixture.ts';
import { until } from '../until.fixture.ts';

let fixture: RequestsFixture;
let sweeper: ReturnType<typeof openLedger>;
let cli: ReturnType<typeof openLedger>;
beforeEach(async () => {
  fixture = await startRequestsFixture();
  sweeper = openLedger(fixture.url, { role: 'sweeper', connections: 3 });
  cli = openLedger(fixture.url, { role: 'cli', connections: 1 });
});
afterEach(async () => {
  await Promise.all([sweeper.close(), cli.close()]);
  await fixture.stop();
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const all = { limit: 100 };

/** One pass of all readings that are due, as the sweeper. */
const read = (providers = fixture.deps.providers) =>
  readUses({ ...fixture.deps, providers, ledger: sweeper }, HOUR);

async function live(entitlement = 'thing'): Promise<RequestId> {
  const request = await approvedWithoutWorkflow(fixture, { entitlement });
  await granted(fixture, request);
  return request;
}

async function ended(request: RequestId, deps = fixture.deps): Promise<void> {
  await answered(fixture, request, { kind: 'end', by: 'ana' });
  await revoked({ ...fixture, deps }, request);
}

const line = async (request: RequestId): Promise<UseLine> => {
  const [found] = await linesOfUse({ ledger: cli }, { ...all, request });
  if (!found) throw new Error(`no line of use of ${request}`);
  return found;
};
/** How many rows a table of the ledger has. */
async function countOf(table: string): Promise<number> {
  let count = 0;
  await asAdmin(
    async (owner) => void (count = (await owner.query(`select from ${table}`)).rows.length),
    fixture.url,
  );
  return count;
}
const ids = (lines: readonly UseLine[]) => lines.map(({ lease }) => lease);

describe('the line of use of a lease', () => {
  test('is unknown until somebody reads it', async () =>
    expect(await line(await live())).toMatchObject({
      verdict: 'unknown',
      whyUnknown: 'nobody has read it yet',
      amount: null,
    }));

  test('has the first and the last use, how much, and the source', async () => {
    const request = await live();
    fixture.vendor.use('ana', 'thing', 'read');
    await read();
    await fixture.shiftClock(2 * HOUR);
    fixture.vendor.use('ana', 'thing', 'write');
    await read();
    expect(await line(request)).toMatchObject({
      ...{
        verdict: 'used',
        amount: 2,
        unit: 'uses',
        source: "the simulated vendor's list of uses",
        person: 'ana',
      },
      ...{ entitlement: 'thing', whyUnknown: null, endedAt: null },
    });
    const { first, last, grantedAt } = await line(request);
    expect(first).toBeGreaterThanOrEqual(grantedAt);
    expect(last).toBeGreaterThanOrEqual(first ?? Infinity);
  });

  test('says until when nothing was done, while the lease is live', async () => {
    const request = await live();
    await read();
    const { verdict, knownUntil, grantedAt } = await line(request);
    expect(verdict).toBe('not-used-so-far');
    expect(knownUntil).toBeGreaterThanOrEqual(grantedAt);
    expect(ids(await neverUsed({ ledger: cli }, all))).toEqual([]);
  });

  test('is never used when the vendor showed everything from the grant to the end', async () => {
    const request = await live();
    await ended(request);
    expect((await line(request)).verdict).toBe('unknown');
    await read();
    expect(await line(request)).toMatchObject({ verdict: 'never-used', isWhole: true });
    expect(ids(await neverUsed({ ledger: cli }, all))).toEqual([leaseIdOf(request, 0)]);
  });

  test('is never used in a period that begins before the grant, also when its use was read more than a day later', async () => {
    const request = await live();
    await ended(request);
    await fixture.shiftClock(30 * HOUR);
    await read();
    const { grantedAt } = await line(request);
    const since = async (ms: number) =>
      (
        await cli.leaseUses({
          ...all,
          verdicts: ['never-used'],
          grantedFrom: ((grantedAt ?? 0) + ms) as Instant,
        })
      ).map(({ lease }) => lease);
    expect([await since(0), await since(1)]).toEqual([[leaseIdOf(request, 0)], []]);
  });

  test('is unknown and never "not used" when the vendor hides it, cannot be reached, or showed a part only', async () => {
    const request = await live();
    await read(); // It shows everything so far, and nothing after it.
    fixture.vendor.hideUse();
    await ended(request);
    await read();
    expect(await line(request)).toMatchObject({
      verdict: 'unknown',
      whyUnknown: 'the vendor does not tell what was used',
    });
    const other = await live('other');
    await ended(other);
    fixture.vendor.setFault({ kind: 'forbid' }, 'read');
    expect(await read()).toMatchObject([
      { lease: leaseIdOf(other, 0), why: expect.stringContaining('may not do that') },
    ]);
    expect((await line(other)).verdict).toBe('unknown');
    expect(await neverUsed({ ledger: cli }, all)).toEqual([]);
    expect(
      await partlyUsed({ ...fixture.deps, ledger: cli, describers: fixture.deps.providers }, all),
    ).toEqual([]);
  });

  test('is found by its request, its person and its entitlement, page by page', async () => {
    const [one, two] = [await live(), await live('other')];
    const found = async (more: object) => ids(await linesOfUse({ ledger: cli }, { ...all, ...more }));
    expect(await found({})).toEqual([leaseIdOf(two, 0), leaseIdOf(one, 0)]);
    expect(await found({ request: one })).toEqual([leaseIdOf(one, 0)]);
    expect(await found({ entitlement: 'other' })).toEqual([leaseIdOf(two, 0)]);
    expect(await found({ person: 'bo' })).toEqual([]);
    expect(await found({ limit: 1, before: leaseIdOf(two, 0) })).toEqual([leaseIdOf(one, 0)]);
  });
});

describe('a lease of which a part was not used', () => {
  const partly = () => partlyUsed({ ...fixture.deps, ledger: cli, describers: fixture.deps.providers }, all);

  test('is shown with a narrower entitlement of the catalogue that covers what was used', async () => {
    const request = await live();
    fixture.vendor.use('ana', 'thing', 'read');
    await ended(request);
    await read();
    expect(await partly()).toMatchObject([
      {
        request,
        narrower: { id: 'look', title: 'The thing, to read' },
        parts: [
          { part: 'read on thing', use: 'used', amount: 1 },
          { part: 'write on thing', use: 'not-used' },
        ],
      },
    ]);
  });

  test('gets no proposal that would not give what was used', async () => {
    const request = await live('top');
    fixture.vendor.use('ana', 'thing', 'write');
    await ended(request);
    await read();
    expect(await partly()).toMatchObject([{ request, verdict: 'used' }]);
    expect((await partly())[0]?.narrower?.id).not.toBe('look');
  });

  test('is not shown before its end, because it may still be used', async () => {
    await live();
    fixture.vendor.use('ana', 'thing', 'read');
    await read();
    expect(await partly()).toEqual([]);
  });
});

describe('when use is read', () => {
  const readings = async () => (await cli.leaseUses(all)).map(({ readAt }) => readAt);

  test('soon after the grant, regularly, and once after the receipt', async () => {
    const request = await live();
    await read();
    const [first] = await readings();
    await fixture.shiftClock(10 * MINUTE);
    await read();
    expect(await readings()).toEqual([first]);
    await fixture.shiftClock(70 * MINUTE);
    await read();
    const [second] = await readings();
    expect(second).toBeGreaterThan(first ?? Infinity);
    await ended(request);
    await read();
    const [third] = await readings();
    expect(third).toBeGreaterThanOrEqual(second ?? Infinity);
    await fixture.shiftClock(48 * HOUR);
    await read();
    expect(await readings()).toEqual([third]);
  });

  test('after the end only when the vendor shows everything, where it is late', async () => {
    const request = await live();
    const fake = fixture.deps.providers.get('fake') as Provider;
    const late = new Map([['fake', { ...fake, useReadings: { ...fake.useReadings, lateMs: 4 * HOUR } }]]);
    await ended(request);
    await read(late);
    expect(await readings()).toEqual([null]);
    await fixture.shiftClock(4.1 * HOUR);
    await read(late);
    expect((await line(request)).verdict).toBe('never-used');
  });

  test.each([
    ['as many as the share of a minute', 20],
    ['more than the share of a minute', 200],
  ])('one after the other, when each may take %s', async (_calls, mostCalls) => {
    const fake = fixture.deps.providers.get('fake') as Provider;
    const useReadings = { ...fake.useReadings, mostCalls };
    const narrow = new Map([['fake', { ...fake, readBudget: 80, useReadings }]]);
    for (const entitlement of ['thing', 'other', 'look']) await live(entitlement);
    const seen: number[] = [];
    for (let pass = 0; pass < 3; pass += 1) {
      await read(narrow);
      seen.push((await readings()).filter((readAt) => readAt !== null).length);
      await fixture.shiftClock((pass + 1) * 15 * MINUTE);
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  test('a failed reading after the end is repeated, and then given up', async () => {
    const request = await live();
    await ended(request);
    for (let hours = 1; hours <= 8; hours += 1) {
      fixture.vendor.setFault({ kind: 'refuse-connection' }, 'read');
      await read();
      await fixture.shiftClock(hours * 5 * HOUR);
    }
    expect((await line(request)).verdict).toBe('unknown');
    expect(await read()).toEqual([]);
  });
});

describe('a lease at a provider that is not configured any more', () => {
  const planned = () => countOf('use_plan where next_at is not null');
  const recorded = () => countOf('use_reading');

  test('is tried five times after its end, and then unknown, so it can be purged', async () => {
    const request = await live();
    await ended(request);
    for (let hours = 1; hours <= 8; hours += 1) {
      await read(new Map());
      await fixture.shiftClock(hours * 5 * HOUR);
    }
    expect(await line(request)).toMatchObject({
      verdict: 'unknown',
      whyUnknown: expect.stringContaining('no provider "fake" is configured'),
    });
    expect([await recorded(), await planned()]).toEqual([5, 0]);
  });

  test('is read when the provider is back before the last try', async () => {
    const request = await live();
    await ended(request);
    await read(new Map());
    await fixture.shiftClock(2 * HOUR);
    await read();
    expect((await line(request)).verdict).toBe('never-used');
    expect(await planned()).toBe(0);
  });

  test('stays planned while it is live, and records nothing', async () => {
    await live();
    await read(new Map());
    expect([await recorded(), await planned()]).toEqual([0, 1]);
  });
});

describe('beside a revocation', () => {
  test('the use is read before the end, when it would be lost', async () => {
    const request = await live();
    fixture.vendor.use('ana', 'thing', 'read');
    await ended(request, { ...fixture.deps, readUseBeside: readingsBeside(fixture.deps) });
    await until('the use is recorded', async () => (await line(request)).verdict === 'used');
  });

  test('it is read before the end too when an earlier reading has noted what is needed, because sessions end then', async () => {
    const request = await live();
    await read();
    const { readAt: earlier } = await line(request);
    expect(earlier).not.toBeNull();
    await fixture.shiftClock(60_000);
    await ended(request, { ...fixture.deps, readUseBeside: readingsBeside(fixture.deps) });
    await until('it is read again', async () => ((await line(request)).readAt ?? 0) > (earlier ?? 0));
    await fixture.shiftClock(0);
  });

  test.each<[attempts: string, failures: number, readings: number, verdict: string]>([
    ['one reading, the first', 0, 1, 'used'],
    ['a reading until one is answered', 2, 3, 'used'],
    ['at most three that fail', 20, 3, 'unknown'],
  ])('twenty attempts to revoke have %s', async (_what, failures, readings, verdict) => {
    const request = await live();
    fixture.vendor.use('ana', 'thing', 'read');
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    const fake = fixture.deps.providers.get('fake') as Provider;
    let [looks, asked] = [0, 0];
    const readUse: Provider['readUse'] = (query, signal) =>
      (asked += 1) > failures ? fake.readUse(query, signal) : Promise.reject(new Error('no answer'));
    const readUseFacts: typeof sweeper.readUseFacts = (lease) => ((looks += 1), sweeper.readUseFacts(lease));
    const deps = {
      ledger: { ...sweeper, readUseFacts },
      providers: new Map([['fake', { ...fake, readUse }]]),
    };
    for (let attempt = 1; attempt <= 20; attempt += 1) {
      const before = looks;
      readingsBeside(deps)(leaseIdOf(request, 0), 'fake');
      await until('the attempt has looked', () => looks > before);
      const expected = Math.min(attempt, readings);
      await until('its reading is recorded', async () => (await countOf('use_reading')) >= expected);
    }
    expect([asked, await countOf('use_reading')]).toEqual([readings, readings]);
    expect((await line(request)).verdict).toBe(verdict);
  });

  test('a reading that hangs, that fails or that throws delays no revocation, and no more than two run', async () => {
    const fake = fixture.deps.providers.get('fake') as Provider;
    let begun = 0;
    const hanging = {
      ...fake,
      readUse: () => {
        begun += 1;
        return new Promise<never>(() => undefined);
      },
    };
    const deps = { ...fixture.deps, providers: new Map([['fake', hanging]]) };
    const readUseBeside = readingsBeside(deps);
    for (const entitlement of ['thing', 'other', 'look', 'top']) {
      const request = await live(entitlement);
      await ended(request, { ...deps, readUseBeside });
      expect((await fixture.state(request)).kind).toBe('closed');
    }
    await until('two readings have begun', () => begun === 2);
    const failing = { ...fake, readUse: () => Promise.reject(new Error('no answer')) };
    const other = { ...fixture.deps, providers: new Map([['fake', failing]]) };
    const request = await live();
    await ended(request, { ...other, readUseBeside: readingsBeside(other) });
    expect((await fixture.state(request)).kind).toBe('closed');
    await until('the failure is recorded', async () => (await line(request)).readAt !== null);
    expect(await line(request)).toMatchObject({
      verdict: 'unknown',
      whyUnknown: expect.stringContaining('no answer'),
    });
  });

  test('the calls of a reading are no removals, so they never take what is kept for ending (I25)', async () => {
    const fake = fixture.deps.providers.get('fake') as Provider;
    const asked: string[] = [];
    const named = (purpose: string): Provider => ({
      ...fake,
      readUse: (query, signal) => (asked.push(purpose), fake.readUse(query, signal)),
    });
    const deps = {
      ...fixture.deps,
      providers: new Map([['fake', { ...named('other'), asRemoval: named('removal') }]]),
    };
    const request = await live();
    await ended(request, { ...deps, readUseBeside: readingsBeside(deps) });
    await until('the use is read', () => asked.length > 0);
    expect(asked).toEqual(['other']);
  });
});

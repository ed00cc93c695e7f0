import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parseHTML } from 'linkedom';
import { numbersOf } from '../../audit/questions/index.ts';
import type { Instant } from '../../core/ids.ts';
import { barsPlot, daysPlot, pairsPlot } from '../../console/pages/numbers/plots.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { storeWorld } from '../audit/stored-world.fixture.ts';
import { BASE, worldOf } from '../audit/world.fixture.ts';
import { type Browser, type ConsoleFixture, startConsoleFixture } from './console.fixture.ts';

const SEED = Number(process.env['TEST_LAW_SEED'] ?? Math.floor(Math.random() * 1e9));
const told = `seed ${SEED}`;
const HOSTILE = '"><script>alert(1)</script>&amp;\u202e<!--';

let fixture: ConsoleFixture;
let dee: Browser;
beforeAll(async () => {
  fixture = await startConsoleFixture();
  await asAdmin(async (owner) => {
    await storeWorld(owner, worldOf(SEED, 40), SEED);
    await owner.query(`update request_list set entitlement = $1 where entitlement = 'cellar'`, [HOSTILE]);
  }, fixture.requests.url);
  dee = await fixture.as('dee');
});
afterAll(() => fixture?.stop());
beforeEach(() => void fixture.errors.splice(0));

const from = new Date(BASE - 3_600_000).toISOString();
const to = new Date(BASE + 40 * 3_600_000).toISOString();
const ADDRESS = `/numbers?${new URLSearchParams({ from, to }).toString()}`;
const NOTHING = `/numbers?${new URLSearchParams({ from: '2020-01-01T00:00:00.000Z', to: '2020-02-01T00:00:00.000Z' }).toString()}`;

type Tree = Readonly<{
  textContent: string;
  outerHTML: string;
  querySelectorAll(selector: string): Iterable<Tree>;
  querySelector(selector: string): Tree | null;
  getAttribute(name: string): string | null;
}>;
const treeOf = (html: string): Tree => parseHTML(html).document as unknown as Tree;
const pageAt = async (path: string): Promise<Tree> => treeOf(await (await dee.get(path)).text());
const textsIn = (tree: Tree, selector: string): readonly string[] =>
  [...tree.querySelectorAll(selector)].map(({ textContent }) => textContent);
const attribute = (tree: Tree, name: string): number => Number(tree.getAttribute(name));

/** The labels and numbers of a table as its plot says them. */
const rowsIn = (section: Tree): readonly string[] =>
  [...section.querySelectorAll('tbody tr')].map((row) => {
    const [label = '', ...numbers] = textsIn(row, 'td');
    const [count = '', approved, held] = numbers;
    return approved === undefined
      ? `${label}: ${count.replaceAll(',', '')}`
      : `${label}: approved ${approved}, held ${held}`;
  });

describe(`the numbers of random histories (${told})`, () => {
  test('each plot has exactly the points of its table', async () => {
    const page = await pageAt(ADDRESS);
    const sections = [...page.querySelectorAll('main section')];
    expect(sections.length).toBe(8);
    for (const section of sections) {
      const titles = [...new Set(textsIn(section, 'svg title'))];
      expect([told, section.querySelector('h2')?.textContent, titles]).toEqual([
        told,
        section.querySelector('h2')?.textContent,
        rowsIn(section),
      ]);
    }
    expect(fixture.errors).toEqual([]);
  });

  test('the tables have the numbers of the ledger, in the zone of the reader', async () => {
    const page = await pageAt(ADDRESS);
    const { tables } = await numbersOf(fixture.ledger, {
      ...{ from: Date.parse(from) as Instant, to: Date.parse(to) as Instant },
      zone: 'Europe/Lisbon',
    });
    const section = (id: string): Tree => page.querySelector(`section[aria-labelledby=${id}]`) as Tree;
    const expected = (rows: typeof tables.grants) =>
      rows.map(({ label, values }) => `${label}: ${Object.values(values)[0]}`);
    expect([told, rowsIn(section('grants'))]).toEqual([told, expected(tables.grants)]);
    expect([told, rowsIn(section('decisions'))]).toEqual([told, expected(tables['decision-times'])]);
    expect([told, rowsIn(section('refusals'))]).toEqual([told, expected(tables.refusals)]);
    expect([told, rowsIn(section('ends'))]).toEqual([told, expected(tables.ends)]);
    expect([told, rowsIn(section('endings'))]).toEqual([told, expected(tables.endings)]);
  });

  test('a count links to the requests that it counts', async () => {
    const page = await pageAt(ADDRESS);
    const section = page.querySelector('section[aria-labelledby=endings]') as Tree;
    for (const link of section.querySelectorAll('td a')) {
      const found = await dee.reads(link.getAttribute('href') ?? '');
      expect([told, link.getAttribute('href'), / (\d+) requests?/.exec(found)?.[1]]).toEqual([
        told,
        link.getAttribute('href'),
        link.textContent,
      ]);
    }
  });

  test('a name from elsewhere is text in the table and in the plot', async () => {
    const html = await (await dee.get(ADDRESS)).text();
    expect(html).not.toContain('<script>alert');
    const section = treeOf(html).querySelector('section[aria-labelledby=entitlements]') as Tree;
    expect(section.querySelector('script')).toBeNull();
    expect(textsIn(section, 'svg title').join()).toContain('"><script>alert(1)</script>&amp;');
  });

  test('nothing on the page has a style of its own, which its policy would refuse', async () => {
    const html = await (await dee.get(ADDRESS)).text();
    expect(html).not.toMatch(/<style|\sstyle=/);
  });

  test('it is smaller than 60 KB', async () =>
    expect((await (await dee.get(ADDRESS)).text()).length).toBeLessThan(60_000));
});

describe('the time', () => {
  test('with nothing in it has sentences and no plot', async () => {
    const page = await pageAt(NOTHING);
    expect([...page.querySelectorAll('svg')]).toEqual([]);
    expect(textsIn(page, '.empty')).toEqual([
      'Nobody decided about a request in this time.',
      'Nothing was granted in this time.',
      'No grant of this time is over.',
      'No grant of this time is over.',
      'No grant ended in this time.',
      'Nothing was refused in this time.',
      'Nothing was requested in this time.',
      'Nothing was requested in this time.',
    ]);
  });

  test('without an address is the last 30 days', async () =>
    expect(await dee.reads('/numbers')).toMatch(/From \d{4}-\d\d-\d\d \d\d:\d\d until/));

  test('is written as people write it, and is RFC 3339 in the address', async () => {
    const answer = await dee.get('/numbers?from=2026-11-01+08:00&to=2026-11-02');
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      '/numbers?from=2026-11-01T08%3A00%3A00.000Z&to=2026-11-02T23%3A59%3A59.999Z',
    ]);
  });

  test.each([
    ['/numbers?from=nonsense', 'is not a moment'],
    ['/numbers?from=2026-11-02&to=2026-11-01T00:00:00Z', 'must be before its end'],
    ['/numbers?from=2020-01-01&to=2026-11-01', 'at most 366 days'],
  ])('%s is refused with a sentence', async (path, words) => {
    const answer = await dee.get(path);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(words)]);
  });

  test('that was purged in part says so', async () => {
    await rowsOf(
      fixture.requests.url,
      `insert into purge (id, purged_by, before_at, requests, entries, digest, export_size) values (gen_random_uuid(), 'x', '2026-10-30Z', 1, 1, '', 1)`,
    );
    expect(await dee.reads(ADDRESS)).toContain(
      'are not in the ledger any more, so this page does not have them',
    );
  });
});

describe('who reads them', () => {
  test.each(['ana', 'bo', 'cy'])('is told when it is %s that only auditors see them', async (person) => {
    const answer = await (await fixture.as(person)).get('/numbers');
    const html = await answer.text();
    expect([answer.status, html]).toEqual([403, expect.stringContaining('Only auditors see the numbers')]);
    expect(html).not.toContain('>Numbers</a>');
  });

  test('is recorded, with the time that was asked', async () => {
    await dee.get(NOTHING);
    const [last] = await rowsOf(
      fixture.requests.url,
      'select person, kind, address from reading order by id desc limit 1',
    );
    expect(last).toEqual({ person: 'dee', kind: 'page', address: NOTHING });
  });
});

describe('a plot', () => {
  const TEXT = { says: 'Counts "of" <requests>', axis: HOSTILE };
  const bars = [4, 0, 2].map((count, place) => ({ label: `row ${place}`, count, title: `${count}` }));

  test('draws each count as long as it is', () => {
    const widths = [...treeOf(barsPlot(bars, TEXT)).querySelectorAll('rect')].map((bar) =>
      attribute(bar, 'width'),
    );
    expect(widths.map((width) => Math.round((width / (widths[0] ?? 1)) * 100))).toEqual([100, 0, 50]);
    const plot = treeOf(daysPlot(bars, { ...TEXT, days: 'Day' }));
    const heights = [...plot.querySelectorAll('rect')].map((bar) => attribute(bar, 'height'));
    expect(heights.map((height) => Math.round((height / (heights[0] ?? 1)) * 100))).toEqual([100, 0, 50]);
  });

  test('of one point draws one', () => {
    const one = bars.slice(0, 1);
    for (const svg of [barsPlot(one, TEXT), daysPlot(one, { ...TEXT, days: 'Day' })])
      expect([...treeOf(svg).querySelectorAll('rect')].length).toBe(1);
    const pair = pairsPlot([{ label: 'x', approved: 60, held: 0, title: 'x' }], TEXT);
    expect(pair).not.toContain('NaN');
    expect([...treeOf(pair).querySelectorAll('circle')].length).toBe(1);
  });

  test('draws what was held before what was approved to the left of it', () => {
    const pair = treeOf(pairsPlot([{ label: 'x', approved: 60, held: 30, title: 'x' }], TEXT));
    const [dot] = pair.querySelectorAll('circle');
    const [stroke] = pair.querySelectorAll('[stroke="var(--ink)"] line');
    expect(dot && stroke && attribute(dot, 'cx') < attribute(stroke, 'x1')).toBe(true);
  });

  test('tells two rows with the same label apart, and shortens a long one', () => {
    const long = [1, 2].map((count) => ({ label: 'x'.repeat(200), count, title: '' }));
    const plot = treeOf(barsPlot(long, { says: '', axis: '' }));
    expect([...plot.querySelectorAll('rect')].length).toBe(2);
    expect(Math.max(...textsIn(plot, 'text').map(({ length }) => length))).toBe(24);
  });

  test('is an image with words, and no text in it is markup', () => {
    const hostile = [{ label: HOSTILE, count: 1, title: HOSTILE }];
    for (const svg of [barsPlot(hostile, TEXT), daysPlot(hostile, { ...TEXT, days: HOSTILE })]) {
      const plot = treeOf(svg).querySelector('svg');
      expect([plot?.getAttribute('role'), plot?.getAttribute('aria-label')]).toEqual(['img', TEXT.says]);
      expect(plot?.querySelector('script') ?? null).toBeNull();
      expect(svg).not.toMatch(/<style|\sstyle=/);
    }
  });
});

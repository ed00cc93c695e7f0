import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { explainCommand } from '../../cli/commands/explain.ts';
import { LIMITS } from '../../core/limits.ts';
import { ana } from '../core/request/request.fixture.ts';
import { newRequest, opening, rowsOf } from '../ledger/ledger.fixture.ts';
import { type Folder, openFolder } from './cli.fixture.ts';

let folder: Folder;
beforeAll(async () => void (folder = await openFolder()));
afterAll(() => folder?.stop());

const explain = (...args: readonly string[]) => folder.run(explainCommand(), ...args);
type Row = Readonly<Record<'rule' | 'verdict' | 'wanted' | 'saw' | 'refusal', unknown>> &
  Readonly<{ stage: number | null }>;
const rowsIn = (text: string) => JSON.parse(text) as readonly Row[];
const sawOf = (rows: readonly Row[], rule: string) => rows.find((row) => row.rule === rule)?.saw;

test('an allowed request: every rule passes, the stages are below their rule, and the exit code is 0', async () => {
  const { code, out, err } = await explain('orders-db', '2h', 'incident', '4312', '--as', 'ana');
  expect([code, err]).toEqual([0, '']);
  const [heading, ...rest] = out.split('\n');
  expect(heading).toMatch(/^VERDICT {2}RULE +WANTED +SAW$/);
  expect(
    rest.filter((line) => /^(pass|refuse|not-reached)/.test(line)).every((line) => line.startsWith('pass')),
  ).toBe(true);
  expect(out).toMatch(/\npass +approvers /);
  expect(out).toMatch(/\npass + {2}stage 1 /);
  expect(out).toMatch(/\n\nAllowed\. The request would wait for its approvers\.\n$/);
});

test('a refused request: the sentence that the requester would read, and the exit code 4', async () => {
  const { code, out } = await explain('orders-db', '9h', 'incident', '--as', 'ana');
  expect(code).toBe(4);
  expect(out).toMatch(/\nrefuse +\w+ +/);
  expect(out).toMatch(
    /\n\nRefused \(too-long\)\. That is longer than the policy allows\. The longest is 8 h\.\n$/,
  );
});

test('json has the fields of every row, and the refusal in the row of its rule', async () => {
  const { code, out } = await explain('orders-db', '9h', 'incident', '--as', 'ana', '--output', 'json');
  const rows = rowsIn(out);
  expect(code).toBe(4);
  for (const row of rows)
    expect(Object.keys(row).sort()).toEqual(['refusal', 'rule', 'saw', 'stage', 'verdict', 'wanted']);
  expect(
    rows.filter(({ refusal }) => refusal !== null).map(({ refusal, verdict }) => [refusal, verdict]),
  ).toEqual([['too-long', 'refuse']]);
});

test.each(['table', 'json', 'jsonl'])('a refusal has the exit code 4 also as %s', async (format) => {
  expect(await explain('orders-db', '9h', 'x', '--as', 'ana', '-o', format)).toMatchObject({ code: 4 });
  expect(await explain('orders-db', '2h', 'x', '--as', 'ana', '-o', format)).toMatchObject({ code: 0 });
});

test('the table has the rows of json, with the columns under their headings', async () => {
  const args = ['orders-db', '9h', 'incident', '--as', 'ana'] as const;
  const rows = rowsIn((await explain(...args, '--output', 'json')).out);
  const { out } = await explain(...args);
  const [heading = '', ...lines] = out.split('\n\n')[0]?.split('\n') ?? [];
  const starts = ['VERDICT', 'RULE', 'WANTED', 'SAW'].map((column) => heading.indexOf(column));
  const cells = lines.map((line) => starts.map((start, n) => line.slice(start, starts[n + 1]).trimEnd()));
  expect(cells).toEqual(
    rows.map(({ verdict, rule, stage, wanted, saw }) => [
      verdict,
      stage === null ? rule : `  stage ${stage}`,
      wanted,
      saw,
    ]),
  );
});

test('jsonl has the same rows as json, one on each line, and no last sentence', async () => {
  const args = ['orders-db', '1h', 'incident', '--as', 'ana', '--output'] as const;
  const lines = (await explain(...args, 'jsonl')).out.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as Row)).toEqual(rowsIn((await explain(...args, 'json')).out));
});

test.each<[string, readonly string[], RegExp]>([
  ['typed', ['my secret reason'], /^The reason has 16 characters\.$/],
  ['typed in several words', ['my', 'secret', 'reason'], /^The reason has 16 characters\.$/],
  ['not typed', [], /^No reason was typed\. A valid one is assumed\.$/],
])('the text of a reason is never printed: %s', async (_what, words, saw) => {
  const { code, out } = await explain('orders-db', '1h', ...words, '--as', 'ana', '-o', 'json');
  expect([code, out.includes('secret')]).toEqual([0, false]);
  expect(sawOf(rowsIn(out), 'reason')).toEqual(expect.stringMatching(saw));
});

test('a reason of spaces is refused, and not replaced by an assumed one', async () => {
  for (const reason of ['   ', '']) {
    const { code, out } = await explain('orders-db', '1h', reason, '--as', 'ana');
    expect([code, out]).toEqual([4, expect.stringContaining('Refused (reason-missing).')]);
  }
});

test('the open requests of the person count', async () => {
  for (let n = 0; n < LIMITS.openRequestsPerPerson; n += 1) {
    const id = newRequest();
    await folder.ledger.open(opening(id, { details: { ...opening(id).details, requester: ana } }));
  }
  expect(await explain('orders-db', '1h', 'x', '--as', 'ana')).toMatchObject({
    code: 4,
    out: expect.stringContaining('Refused (too-many-open).'),
  });
  expect(await explain('orders-db', '1h', 'x', '--as', 'bo')).toMatchObject({ code: 0 });
});

test('it records nothing: no click, no event, no request', async () => {
  const count = async () =>
    rowsOf(
      folder.url,
      'select (select count(*) from click) as clicks, (select count(*) from event) as events, (select count(*) from request) as requests',
    );
  const before = await count();
  await explain('orders-db', '1h', 'why', '--as', 'cy');
  await explain('orders-db', '99h', 'why', '--as', 'cy');
  expect(await count()).toEqual(before);
});

test.each<[string, readonly string[], number, string]>([
  [
    'a person who does not exist',
    ['orders-db', '1h', '--as', 'anna'],
    3,
    'There is no person "anna" in people.yaml. Did you mean "ana"?',
  ],
  ['nobody at all', ['orders-db', '1h'], 4, 'Nobody in people.yaml has the account "unix: '],
  ['no length', ['orders-db', '--as', 'ana'], 2, "missing required argument 'length'"],
])('%s', async (_what, args, code, words) => {
  expect(await explain(...args)).toEqual({ code, out: '', err: expect.stringContaining(words) });
});

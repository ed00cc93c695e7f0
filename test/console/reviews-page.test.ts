import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { logAccess } from '../../audit/published-approval.ts';
import type { RequestId } from '../../core/ids.ts';
import { startDispatcher } from '../../inbox/dispatcher.ts';
import type { Stoppable } from '../../inbox/queue.ts';
import { openLedger } from '../../ledger/index.ts';
import { decideClick } from '../../requests/decide-click.ts';
import { drawSamples } from '../../upkeep/draw-samples.ts';
import { publishAll, whilePublished } from '../audit/published.fixture.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { reviewOpened } from '../requests/reviews.fixture.ts';
import { answered, approvedWithoutWorkflow, asked, extended, granted } from '../requests/steps.fixture.ts';
import { type Browser, type ConsoleFixture, startConsoleFixture, textOf } from './console.fixture.ts';
import { verifyArchive } from './unzip.fixture.ts';

// Ana and Dee request, Bo and Cy may approve, Dee is an auditor and a security person.

let fixture: ConsoleFixture;
let deciding: Stoppable | undefined;
let live: RequestId;
let path: string;
const browsers: Record<string, Browser> = {};
const as = (person: string): Browser => {
  const browser = browsers[person];
  if (!browser) throw new Error(`${person} is not signed in`);
  return browser;
};
const ORDER = { title: 'Autumn <b>2026</b>', scope: '', from: '1d ago', to: 'now', sample: '', days: '14' };
const opened = (more: object = {}) => as('dee').post('/reviews', { ...ORDER, ...more });
const locationOf = (answer: Response): string => answer.headers.get('location') ?? '';

beforeAll(async () => {
  fixture = await startConsoleFixture();
  const { deps } = fixture.requests;
  deciding = startDispatcher({
    ledger: deps.ledger,
    decide: (click) => decideClick(deps, click),
    onError: (error) => console.error(error),
  });
  await fixture.requests.edit('people.yaml', 'slack: U0DEE', 'fake: dee, slack: U0DEE');
  for (const person of ['ana', 'bo', 'cy', 'dee']) browsers[person] = await fixture.as(person);
  live = await approvedWithoutWorkflow(fixture.requests);
  await granted(fixture.requests, live);
  await granted(
    fixture.requests,
    await approvedWithoutWorkflow(fixture.requests, { person: 'dee', entitlement: 'other' }, ['cy']),
  );
});
afterEach(() => expect(fixture.errors).toEqual([]));
afterAll(async () => {
  await deciding?.stop();
  await fixture?.stop();
});

describe('an auditor opens a review', () => {
  test('there is an empty list before, and only auditors have the form', async () => {
    expect(await as('dee').reads('/reviews')).toMatch(
      /Open a review….*There is no review that you can see\./,
    );
    expect(await as('bo').reads('/reviews')).not.toContain('Open a review…');
    const refused = await as('bo').post('/reviews', ORDER);
    expect([refused.status, textOf(await refused.text())]).toEqual([
      403,
      expect.stringContaining('You may not open a review: only auditors may: person:dee.'),
    ]);
  });

  test('and reads its population, its lines, who approved them, and for whom they wait', async () => {
    const answer = await opened();
    expect([answer.status, locationOf(answer)]).toEqual([303, expect.stringMatching(/^\/reviews\/review_/)]);
    path = locationOf(answer);
    const text = await as('dee').reads(path);
    expect(text).toMatch(
      /Population 2, frozen .*Lines 2, which is everything Certified 0 .*Not decided 2 Due /,
    );
    expect(text).toMatch(/Ana The thing fake: thing, write .*still held Bo .*waits for Cy/);
    expect(text).toMatch(/curfew audit review review_\w+ .*audit\.review_line/);
    const page = await (await as('dee').get(path)).text();
    expect([page.includes('<b>2026'), page.includes('Autumn &lt;b&gt;2026')]).toEqual([false, true]);
  });

  test('and a sample appears when the log has drawn it', async () => {
    const sampled = locationOf(await opened({ sample: '1', scope: 'person:ana entitlement:thing' }));
    expect(await as('dee').reads(sampled)).toContain('The sample is not drawn yet.');
    const owner = openLedger(fixture.requests.url);
    await publishAll(owner);
    await drawSamples({ ledger: owner, log: logAccess([]) });
    await owner.close();
    expect(await as('dee').reads(sampled)).toMatch(
      /scope person:ana entitlement:thing .*drawn by the audit log/,
    );
  });

  test.each<[string, object, RegExp]>([
    ['a scope with another key', { scope: 'state:active' }, /A scope can have person:, approver:/],
    ['a scope with a mistake', { scope: 'persn:ana' }, /Did you mean person:ana/],
    ['a period that nobody understands', { from: 'nonsense' }, /is not a moment/],
    ['no title', { title: ' ' }, /Give the review a title/],
    ['a sample that is no number', { sample: 'many' }, /as a number, or nothing/],
    ['a scope in which nothing was held', { scope: 'person:bo' }, /nothing was held/],
    [
      'a name that nobody knows',
      { scope: 'person:ana,anna' },
      /no person “anna”\. Did you mean person:ana\?/,
    ],
    ['a day that is too far', { days: '999' }, /at most 366 days/],
  ])('with %s they read why not, and the form keeps what they typed', async (_what, more, words) => {
    const answer = await opened({ title: 'kept', ...more });
    const page = await answer.text();
    expect([answer.status, words.test(page)]).toEqual([400, true]);
    if (!('title' in more)) expect(page).toContain('value="kept"');
  });
});

describe('who sees what of a review', () => {
  test.each<[string, readonly RegExp[], readonly RegExp[]]>([
    ['dee', [/Autumn/, /Ana The thing/, /Dee Another thing/], []],
    ['cy', [/Autumn/, /Ana The thing/, /Certify/], [/Dee Another thing/]], // Cy approved the other one alone.
    ['bo', [/Autumn/, /Dee Another thing/, /Certify/], [/Ana The thing/]],
    ['ana', [/A review of your access/, /Ana The thing/], [/Autumn/, /Population/, /Dee Another/, /Certify/]],
  ])('%s', async (person, there, absent) => {
    const text = await as(person).reads(path);
    expect(there.filter((words) => !words.test(text))).toEqual([]);
    expect(absent.filter((words) => words.test(text))).toEqual([]);
  });

  test.each<[string, RegExp | undefined]>([
    ['bo', /You may see 1 of the 2 lines\. The counts are of these 1\. All \(1\)/],
    ['ana', /You see only the lines about your own access\. The counts are of these lines\. All \(1\)/],
    ['dee', undefined],
  ])('%s reads of which lines the numbers are', async (person, words) => {
    const text = await as(person).reads(path);
    expect(words?.test(text) ?? /All \(2\)/.test(text)).toBe(true);
    if (!words) expect(text).not.toMatch(/The counts are of/);
  });

  test('the list has for each person how many lines wait for them', async () => {
    expect(await as('bo').reads('/reviews')).toMatch(/Autumn <b>2026<\/b> .*0 of 2 decided, 0 objected to 1/);
    expect(await as('ana').reads('/reviews')).toMatch(/About your access/);
    expect(await as('ana').reads('/reviews')).not.toMatch(/Autumn|decided/);
  });

  test.each<[string, RegExp | undefined]>([
    ['bo', /1 line waits for you in the review Autumn <b>2026<\/b> , due /],
    ['cy', /1 line waits for you in the review Autumn/],
    ['ana', undefined],
    ['dee', undefined],
  ])('the page Now has for %s the lines that wait for them, and no other ones', async (person, words) => {
    const text = await as(person).reads('/');
    expect(words?.test(text) ?? !/lines? waits? for you/.test(text)).toBe(true);
  });

  test('an auditor who reads a review of nothing but their own access is recorded, because they see how it is done', async () => {
    const own = locationOf(await opened({ title: 'One person', scope: 'person:dee' }));
    expect(await as('dee').reads(own)).toMatch(/Population 1, .*Dee Another thing/);
    expect(
      await rowsOf(fixture.requests.url, 'select distinct person, kind from reading where address = $1', [
        own,
      ]),
    ).toEqual([{ person: 'dee', kind: 'page' }]);
  });

  test('only auditors take a copy, which has what the page has', async () => {
    expect((await as('bo').get(`${path}/export?format=csv`)).status).toBe(403);
    const csv = await (await as('dee').get(`${path}/export?format=csv`)).text();
    expect(csv.split('\n')[0]).toMatch(/^at,id,review_id,.*,reason$/);
    expect(csv.trim().split('\n')).toHaveLength(3);
  });

  test('only auditors download the folder with proofs, which the verifier accepts', async () => {
    expect((await as('bo').post(`${path}/folder`, {})).status).toBe(403);
    const owner = openLedger(fixture.requests.url);
    const answer = await whilePublished(() => publishAll(owner), as('dee').post(`${path}/folder`, {}));
    await owner.close();
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="curfew-review_\w+\.zip"$/,
    );
    const archive = Buffer.from(await answer.arrayBuffer());
    const [reading] = await rowsOf<{ address: string }>(
      fixture.requests.url,
      `select address from reading where address like '%/folder%' order by id desc limit 1`,
    );
    const [address, checksum = ''] = (reading?.address ?? '').split('?sha256=');
    expect(address).toBe(`${path}/folder`);
    const report = await verifyArchive(archive, checksum);
    expect([report.ok, report.problems]).toEqual([true, []]);
  });
});

describe('a line is decided', () => {
  const decided = async (person: string, fields: Readonly<Record<string, string>>) => {
    const answer = await as(person).post(`${path}/lines`, fields);
    return {
      status: answer.status,
      text: answer.status === 303 ? await as(person).reads(locationOf(answer)) : '',
    };
  };
  const lineOf = async (text: string): Promise<string> => {
    const [row] = await rowsOf<{ id: string }>(
      fixture.requests.url,
      `select line_id as id from review_line where entitlement = '${text}' limit 1`,
    );
    return row?.id ?? '';
  };

  test('a reviewer certifies with one button', async () => {
    const { text } = await decided('bo', { kind: 'certify', line: await lineOf('other') });
    expect(text).toMatch(/Your decision is recorded\. .*certified by Bo/);
  });

  test('an objection needs a reason, and ends access that is live', async () => {
    const line = await lineOf('thing');
    expect((await decided('cy', { kind: 'object', line, note: ' ' })).text).toMatch(/Say why you object/);
    expect(await as('cy').reads(path)).toContain('The request ends now, and Curfew revokes this access.');
    const { text } = await decided('cy', { kind: 'object', line, note: 'no longer <i>needed</i>\u202e' });
    expect(text).toMatch(/objected to by Cy , .*: no longer <i>needed<\/i>/);
    const revoking = /Ana: The thing : Curfew is revoking the access\..* See request \w{8} \./;
    expect(text).toMatch(revoking);
    const page = await (await as('cy').get(path)).text();
    expect([page.includes('/assets/live.js'), page.includes(`href="/requests/${live}"`)]).toEqual([
      true,
      true,
    ]);
    expect((await fixture.requests.state(live)).kind).toBe('revoking');
    expect(await as('ana').reads(`/requests/${live}`)).toMatch(/Cy objected to it in a review: no longer/);
    expect(await as('dee').reads(`${path}?show=objected`)).toMatch(/Ana The thing .*objected to in a review/);
  });

  test('a copy as JSONL has the reason with each hidden character escaped (T48)', async () => {
    const answer = await as('dee').get(`${path}/export?format=jsonl`);
    const lines = (await answer.text()).trim().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines.filter((line) => line.includes('\u202e'))).toEqual([]);
    const reasons = lines.map((line) => (JSON.parse(line) as { reason: string | null }).reason);
    expect(reasons).toEqual(expect.arrayContaining([null, 'no longer <i>needed</i>\u202e']));
  });

  test('what somebody may not see they cannot decide, and a form without its fields is refused', async () => {
    expect((await decided('bo', { kind: 'certify', line: await lineOf('thing') })).status).toBe(404);
    expect((await decided('bo', { kind: 'certify', line: 'lease_x' })).status).toBe(404);
    expect((await decided('bo', { kind: 'forget', line: await lineOf('other') })).status).toBe(400);
    expect((await as('ana').post('/reviews/review_x/lines', { kind: 'certify', line: 'x' })).status).toBe(
      404,
    );
  });

  test('a review of which every line is decided is finished, and waits for nobody', async () => {
    expect(await as('dee').reads(path)).toMatch(/Certified 1 Objected to 1 Not decided 0 Finished /);
    expect(await as('dee').reads(`${path}?show=waiting`)).toContain('There is no such line.');
    expect(await as('bo').reads('/')).not.toContain('Autumn');
  });
});

test('every reading of what is not their own is recorded, by ids alone', async () => {
  const readings = await rowsOf<{ person: string; kind: string; address: string }>(
    fixture.requests.url,
    'select distinct person, kind, address from reading order by person, kind, address',
  );
  expect(readings.filter(({ person }) => person === 'ana')).toEqual([]);
  expect(readings).toEqual(
    expect.arrayContaining([
      { person: 'dee', kind: 'page', address: '/reviews' },
      { person: 'dee', kind: 'page', address: path },
      { person: 'dee', kind: 'export', address: `${path}/export?format=csv` },
      { person: 'cy', kind: 'page', address: path },
    ]),
  );
  expect(JSON.stringify(readings)).not.toMatch(/Autumn|needed/);
});

test('a line names everybody who approved the access or a later end of it', async () => {
  const request = await approvedWithoutWorkflow(fixture.requests, { person: 'dee', entitlement: 'thing' }, [
    'bo',
  ]);
  await granted(fixture.requests, request);
  for (const by of ['cy', 'bo']) {
    expect((await asked(fixture.requests, request, { by: 'dee', length: '5m' })).outcome.ok).toBe(true);
    await answered(fixture.requests, request, { kind: 'approve', by });
    await extended(fixture.requests, request);
  }
  const { id } = await reviewOpened(fixture.requests, {
    scope: { person: ['dee'], entitlement: ['thing'] },
  });
  expect(await as('dee').reads(`/reviews/${id}`)).toMatch(/still held Bo , Cy /);
});

describe('a review is in the list of exactly the people who can read its page', () => {
  const MANAGER = [
    'route: { approvers: [group:owners], waits: 8h }\n\n',
    'route: { approvers: [manager], waits: 8h }\n\n',
  ] as const;
  let standing: string;
  let ofLeaver: string;
  const isListed = async (person: string, id: string) =>
    (await (await as(person).get('/reviews')).text()).includes(id);

  beforeAll(async () => {
    const { edit, url } = fixture.requests;
    await edit('people.yaml', 'slack: U0BO', 'fake: bo, slack: U0BO');
    await asAdmin(
      async (owner) =>
        void (await owner.query(
          `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources, state)
           values ('find_01m0000000000000000000000c', 'access', 'fake', 'thing', 'thing', '{}', 'x', 'bo', 'bo', 'write', true, '[]', 'adopted')`,
        )),
      url,
    );
    standing = (await reviewOpened(fixture.requests, { scope: { person: ['bo'] } })).id;
    const top = await approvedWithoutWorkflow(fixture.requests, { entitlement: 'top' }, ['cy']);
    await granted(fixture.requests, top);
    ofLeaver = (await reviewOpened(fixture.requests, { scope: { entitlement: ['top'] } })).id;
    await edit('catalogue.yaml', ...MANAGER);
    await edit('people.yaml', 'name: Ana, manager: bo', 'name: Ana, manager: bo, active: false');
  });

  test('whose account has standing access', async () => {
    expect(await isListed('bo', standing)).toBe(true);
  });

  test('whose report has left, and nobody can request it any more', async () => {
    expect(await as('bo').reads(`/reviews/${ofLeaver}`)).toContain('waits for Bo');
    expect(await isListed('bo', ofLeaver)).toBe(true);
    expect(await as('bo').reads('/')).toMatch(/1 line waits for you/);
  });

  test.each(['bo', 'cy', 'dee'])('%s', async (person) => {
    const reviews = await rowsOf<{ id: string }>(fixture.requests.url, 'select id from review order by id');
    const listed: Record<string, boolean> = {};
    const readable: Record<string, boolean> = {};
    for (const { id } of reviews) {
      listed[id] = await isListed(person, id);
      readable[id] = (await as(person).get(`/reviews/${id}`)).status === 200;
    }
    expect(listed).toEqual(readable);
  });
});

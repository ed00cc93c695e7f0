import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CONTROLS } from '../../audit/evidence/controls.ts';
import { consoleRoutes } from '../../console/routes.tsx';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { keepPublished, publishAll } from '../audit/published.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { approvedWithoutWorkflow, granted, whileEdited } from '../requests/steps.fixture.ts';
import {
  browserWith,
  type Browser,
  type ConsoleFixture,
  ORIGIN,
  startConsoleFixture,
} from './console.fixture.ts';
import { verifyArchive } from './unzip.fixture.ts';

let fixture: ConsoleFixture;
let dee: Browser;
beforeAll(async () => {
  fixture = await startConsoleFixture();
  await granted(fixture.requests, await approvedWithoutWorkflow(fixture.requests));
  const owner = openLedger(fixture.requests.url);
  await publishAll(owner);
  await owner.close();
  dee = await fixture.as('dee');
});
afterAll(() => fixture?.stop());

describe('the page of evidence', () => {
  test('lists every control, with a link to each', async () => {
    const page = await (await dee.get('/evidence')).text();
    for (const { framework, id } of CONTROLS) expect(page).toContain(`href="/evidence/${framework}/${id}"`);
  });

  test('of a control has its answers, the checkpoint, what cannot be said, and the command for the folder', async () => {
    const text = await dee.reads('/evidence/soc2/CC6.3?from=1h+ago');
    expect(text).toMatch(/with who approved it and its receipt: 1 .*still held .*Ana .*Bo /);
    expect(text).toMatch(/that their own requester approved: 0 There is none\. .*so there should be none/);
    expect(text).toMatch(
      /checkpoint is of the log curfew\.example\.com\/log, with \d+ entries and the root [A-Za-z0-9+/]{43}=/,
    );
    expect(text).toMatch(/curfew audit evidence CC6\.3 --from 20\S+Z --to 20\S+Z --out/);
    expect(text).toContain('An auditor decides whether the evidence suffices.');
  });

  test.each(CONTROLS.map(({ framework, id }) => `/evidence/${framework}/${id}`))(
    '%s is there',
    async (path) => {
      const answer = await dee.get(path);
      const location = answer.headers.get('location') ?? '';
      expect([answer.status, location]).toEqual([303, expect.stringMatching(/\?from=20\S+Z&to=20\S+Z$/)]);
      expect((await dee.get(location)).status).toBe(200);
    },
  );

  test('has an address in UTC, which says the same to everybody and is recorded before it is shown', async () => {
    const typed = '/evidence/nist-800-53/AU-9?from=2026-11-01T10:00:00%2B01:00&to=2026-11-02T00:00:00Z';
    const canonical =
      '/evidence/nist-800-53/AU-9?from=2026-11-01T09%3A00%3A00.000Z&to=2026-11-02T00%3A00%3A00.000Z';
    expect((await dee.get(typed)).headers.get('location')).toBe(canonical);
    await dee.get(canonical);
    expect(
      await rowsOf(
        fixture.requests.url,
        'select person, kind, address from reading order by id desc limit 1',
      ),
    ).toEqual([{ person: 'dee', kind: 'page', address: canonical }]);
  });

  test('of a time in which nothing happened says so', async () => {
    const text = await dee.reads('/evidence/soc2/CC6.2?from=2020-01-01&to=2020-02-01');
    expect(text.match(/: 0 There is none\./g)).toHaveLength(6);
  });

  test.each([
    ['a moment that nobody understands', '?from=nonsense', 400],
    ['a beginning after the end', '?from=2026-11-02&to=2026-11-01', 400],
    ['hostile text', '?from=%3Cscript%3Ealert(1)%3C/script%3E', 400],
  ])('refuses %s', async (_what, query, status) => {
    const answer = await dee.get(`/evidence/soc2/CC6.1${query}`);
    expect([answer.status, (await answer.text()).includes('<script>alert')]).toEqual([status, false]);
  });

  test.each(['/evidence/soc2/CC9.9', '/evidence/x/CC6.1', '/evidence/soc2/AC-2'])(
    '%s is not there',
    async (path) => expect((await dee.get(path)).status).toBe(404),
  );

  test('shows hostile text of a vendor as text', async () => {
    await rowsOf(
      fixture.requests.url,
      `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources,
                            state, first_seen_at, last_seen_at)
       values ('find_x', 'access', 'fake', 'k', 'k', '{}', 'x', 'i', '<img src=x onerror=alert(1)>', 'write', true, '[]', 'open', now(), now())`,
    );
    const path = (await dee.get('/evidence/soc2/CC6.1')).headers.get('location') ?? '';
    const page = await (await dee.get(path)).text();
    expect([page.includes('&lt;img src=x'), page.includes('<img src=x')]).toEqual([true, false]);
  });
});

/** The folders of this process for an archive. Other workers make some in the same place. */
const folders = async () =>
  (await readdir(tmpdir())).filter((name) => name.startsWith(`curfew-folder-${process.pid}-`));

describe('the folder with proofs', () => {
  const path = '/evidence/soc2/CC6.1/folder';
  const period = { from: '2026-11-01T00:00:00.000Z', to: '' };

  let stopPublishing: () => Promise<void>;
  let owner: Ledger;
  beforeAll(() => {
    owner = openLedger(fixture.requests.url);
    stopPublishing = keepPublished(() => publishAll(owner));
  });
  afterAll(async () => {
    await stopPublishing();
    await owner.close();
  });

  test('is downloaded as an archive that the verifier accepts, and the log has its checksum', async () => {
    const answer = await dee.post(path, period);
    expect([answer.status, answer.headers.get('content-disposition')]).toEqual([
      200,
      expect.stringMatching(/^attachment; filename="curfew-evidence-CC6\.1-2026-11-01-20[\d-]+\.zip"$/),
    ]);
    const archive = Buffer.from(await answer.arrayBuffer());
    const [reading] = await rowsOf<{ address: string }>(
      fixture.requests.url,
      `select address from reading where kind = 'export' order by id desc limit 1`,
    );
    const checksum = new URL(reading?.address ?? '', ORIGIN).searchParams.get('sha256') ?? '';
    const report = await verifyArchive(archive, checksum);
    expect([report.ok, report.problems]).toEqual([true, []]);
    expect(report.checked.join()).toContain('evidence from 2026-11-01');
  });

  test('leaves nothing on the machine of the console, also when nobody reads it', async () => {
    const before = await folders();
    await (await dee.post(path, period)).arrayBuffer();
    await (await dee.post(path, period)).body?.cancel();
    expect((await folders()).filter((each) => !before.includes(each))).toEqual([]);
  });

  test('is made one at a time', async () => {
    const both = await Promise.all([dee.post(path, period), dee.post(path, period)]);
    expect(both.map(({ status }) => String(status)).sort()).toEqual(['200', '503']);
    expect(await both.find(({ status }) => status === 503)?.text()).toMatch(/Another folder is being made/);
    for (const { body } of both) await body?.cancel().catch(() => undefined);
  });

  test('is not made while two others of the same person, or four of everybody, are on the disk, because nobody reads them to the end', async () => {
    await whileEdited(
      fixture.requests,
      ['catalogue.yaml', 'auditors: [person:dee]', 'auditors: [person:dee, person:ana, person:bo]'],
      async () => {
        const [ana, bo] = [await fixture.as('ana'), await fixture.as('bo')];
        const sent: Response[] = [];
        const refused = async (browser: Browser) => {
          const answer = await browser.post(path, period);
          return [answer.status, /role="alert">\s*([^<]+?)\s*</.exec(await answer.text())?.[1]];
        };
        for (const browser of [dee, dee]) sent.push(await browser.post(path, period));
        expect(await refused(dee)).toEqual([
          503,
          'You are downloading 2 folders. Try again when one is done.',
        ]);
        for (const browser of [ana, bo]) sent.push(await browser.post(path, period));
        expect(sent.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
        expect(await refused(bo)).toEqual([
          503,
          '4 folders are being downloaded. Try again when one is done.',
        ]);
        const [first, ...others] = sent;
        await first?.arrayBuffer();
        const next = await dee.post(path, period);
        expect(next.status).toBe(200);
        for (const each of [next, ...others]) await each.body?.cancel();
      },
    );
  });

  test('can be made after one that could not be made', async () => {
    const app = consoleRoutes({ ...fixture.deps, logKeys: [] });
    const browser = browserWith(app, `__Host-curfew-session=${await fixture.session('dee')}`);
    expect(await (await browser.post(path, period)).text()).toContain('has no key of the audit log');
    const answer = await dee.post(path, period);
    await answer.body?.cancel();
    expect(answer.status).toBe(200);
  });

  test.each([
    ['who is no auditor', 'bo', path, period, 403],
    ['for a control that does not exist', 'dee', '/evidence/soc2/CC9.9/folder', period, 404],
    ['for a period that nobody can read', 'dee', path, { from: 'soon', to: '' }, 400],
  ] as const)('is refused to somebody %s', async (_who, person, at, typed, status) => {
    expect((await (await fixture.as(person)).post(at, typed)).status).toBe(status);
  });

  test('is not sent when its reader is no auditor any more after it was made', async () => {
    let restore = () => Promise.resolve();
    const logProgress = async () => {
      restore = await fixture.requests.edit(
        'catalogue.yaml',
        'auditors: [person:dee]',
        'auditors: [person:cy]',
      );
      return fixture.ledger.logProgress();
    };
    const before = await folders();
    const recorded: unknown[] = [];
    const recordReading = async (reading: object) => void recorded.push(reading);
    const app = consoleRoutes({ ...fixture.deps, ledger: { ...fixture.ledger, logProgress, recordReading } });
    const browser = browserWith(app, `__Host-curfew-session=${await fixture.session('dee')}`);
    const answer = await browser.post(path, period);
    await restore();
    expect(await answer.text()).toContain('You may not read this any more');
    expect(answer.headers.get('content-type')).not.toContain('zip');
    expect(recorded).toEqual([]);
    expect((await folders()).filter((each) => !before.includes(each))).toEqual([]);
  });

  test('is not sent while the download cannot be recorded', async () => {
    const ledger = { ...fixture.ledger, recordReading: () => Promise.reject(new Error('the disk is full')) };
    const app = consoleRoutes({ ...fixture.deps, ledger });
    const browser = browserWith(app, `__Host-curfew-session=${await fixture.session('dee')}`);
    expect((await browser.post(path, period)).status).toBe(500);
    fixture.errors.length = 0;
  });
});

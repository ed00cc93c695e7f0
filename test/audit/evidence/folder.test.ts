import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeChecksums } from '../../../audit/evidence/checksums.ts';
import { CONTROLS } from '../../../audit/evidence/controls.ts';
import { EVIDENCE_NAMES, type EvidenceName, evidenceQuery } from '../../../audit/evidence/questions.ts';
import type { EvidenceMade } from '../../../audit/evidence/write-folder.ts';
import { answerRows } from '../../../audit/questions/index.ts';
import type { Instant } from '../../../core/ids.ts';
import type { AuditRow } from '../../../ledger/index.ts';
import { rowsOf } from '../../ledger/ledger.fixture.ts';
import { trusted } from '../log.fixture.ts';
import { chance } from '../world.fixture.ts';
import { type EvidenceFixture, PERIOD, startEvidence, verify } from './evidence.fixture.ts';

const SEED = Number(process.env['TEST_LAW_SEED'] ?? Math.floor(Math.random() * 1e9));
const ROUNDS = 200;
const VERIFIER = resolve(import.meta.dirname, '../../../audit/verify/verify.mjs');

let fixture: EvidenceFixture;
let folder: string;
let made: EvidenceMade;
beforeAll(async () => {
  fixture = await startEvidence(SEED);
  ({ folder, made } = await fixture.make());
});
afterAll(() => fixture?.stop());

const kinds = (place: string, checksum?: string): readonly string[] => [
  ...new Set(verify(place, checksum).problems.map(({ kind }) => kind)),
];
const linesOf = (file: string): readonly string[] =>
  readFileSync(join(folder, file), 'utf8').split('\n').slice(0, -1);
const filesOf = (place: string): readonly string[] =>
  readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => relative(place, join(parentPath, name)))
    .sort();

/** What the verifier finds in a copy that somebody changed, and of which they wrote all hashes again. */
async function foundIn(change: (copy: string) => void): Promise<readonly string[]> {
  const copy = `${folder}-changed`;
  cpSync(folder, copy, { recursive: true });
  try {
    change(copy);
    await writeChecksums(copy);
    return kinds(copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** Changes the text of a file. */
const edit = (file: string, change: (text: string) => string) => (copy: string) => {
  const before = readFileSync(join(copy, file), 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(join(copy, file), after);
};
const withoutLine = (number: number) => (text: string) =>
  text
    .split('\n')
    .filter((_line, at) => at !== number)
    .join('\n');

describe(`evidence for CC6 of random histories (seed ${SEED})`, () => {
  test('is accepted by the verifier as a process of its own, and says what it is of', () => {
    const keys = trusted.flatMap(({ text }) => ['--key', text]);
    const args = [VERIFIER, folder, ...keys, '--checksum', made.checksum];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: '/' });
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/evidence from 2026-11-01.09:30:00\.000Z.*\nVerified: all \d+ entries\.\n$/s),
    ]);
    expect(stdout).toContain(made.checksum);
    expect(stdout).toMatch(/: \d+ of \d+ grants, .*\. The others are outside of the period or scope/);
  });

  test('has the answers to the questions of its controls, in both files, as the ledger gives them', async () => {
    for (const name of made.counts.keys()) {
      const rows: AuditRow[] = [];
      for await (const row of answerRows(fixture.ledger, evidenceQuery(name, PERIOD))) rows.push(row);
      const written = linesOf(`evidence/${name}.jsonl`).map((line) => JSON.parse(line) as AuditRow);
      const columns = Object.keys(written[0] ?? {});
      // What is still held ends later each time that somebody asks. Which of two people comes first in a pair depends on how the database sorts.
      const own = (row: AuditRow) =>
        name === 'overstays' && row['until'] === null ? { ...row, at: null, seconds: null } : row;
      const ofLog = (row: AuditRow) => Object.fromEntries(columns.map((each) => [each, row[each] ?? null]));
      const sorted = (all: readonly AuditRow[]) =>
        all.map((row) => JSON.stringify(ofLog(own(row)))).sort((one, other) => (one < other ? -1 : 1));
      if (name !== 'pairs') expect([name, sorted(written)]).toEqual([name, sorted(rows)]);
      expect([name, written.length]).toEqual([name, rows.length]);
      expect([name, linesOf(`evidence/${name}.csv`).length]).toEqual([name, rows.length + 1]);
      expect(made.counts.get(name)).toBe(rows.length);
    }
    expect(made.counts.get('grants')).toBeGreaterThan(3);
    expect([...made.counts.keys()]).not.toContain('findings');
  });

  test('has a sample that only the first checkpoint with the order chooses, with a proof for each event of it', () => {
    const sample = linesOf('evidence/sample.jsonl').map((line) => JSON.parse(line) as AuditRow);
    expect(sample).toHaveLength(Math.min(8, made.counts.get('grants') ?? 0));
    const keys = trusted.flatMap(({ text }) => ['--key', text]);
    const args = [VERIFIER, join(folder, 'evidence/sample-proofs.jsonl'), ...keys];
    expect(spawnSync(process.execPath, args, { encoding: 'utf8' }).status).toBe(0);
  });

  test(`is refused after any change of one byte (${ROUNDS} rounds)`, () => {
    const random = chance(SEED + 3);
    const files = filesOf(folder);
    const refused = Array.from({ length: ROUNDS }, () => {
      const file = random.one(files);
      const bytes = readFileSync(join(folder, file));
      const changed = Buffer.from(bytes);
      const at = random.upTo(bytes.length);
      if (bytes.length === 0) writeFileSync(join(folder, file), Buffer.of(random.upTo(256)));
      else {
        changed[at] = (changed[at]! + 1 + random.upTo(255)) % 256;
        writeFileSync(join(folder, file), changed);
      }
      const { ok } = verify(folder);
      writeFileSync(join(folder, file), bytes);
      return ok ? `${file} at ${at}` : '';
    });
    expect(refused.filter((each) => each !== '')).toEqual([]);
    expect(kinds(folder, made.checksum)).toEqual([]);
  });

  test('is refused after any of its files is removed', () => {
    for (const file of filesOf(folder)) {
      renameSync(join(folder, file), `${folder}-away`);
      expect([file, verify(folder).ok]).toEqual([file, false]);
      renameSync(`${folder}-away`, join(folder, file));
    }
  });

  test.each([
    ['a file', (place: string) => writeFileSync(place, 'x')],
    ['a link', (place: string) => symlinkSync('README.md', place)],
  ])('is refused when %s is added anywhere', (_what, addAt) => {
    for (const below of ['', 'evidence/', 'checkpoints/', 'not-proven/']) {
      const place = join(folder, `${below}more.jsonl`);
      addAt(place);
      expect(kinds(folder)).toContain('extra-file');
      rmSync(place);
    }
  });

  test('is refused after two files are swapped', () => {
    const [one, other] = [join(folder, 'evidence/refusals.csv'), join(folder, 'evidence/approvals.csv')];
    const swap = () => {
      renameSync(one, `${folder}-away`);
      renameSync(other, one);
      renameSync(`${folder}-away`, other);
    };
    swap();
    expect(kinds(folder)).toEqual(expect.arrayContaining(['wrong-file']));
    swap();
    expect(kinds(folder)).toEqual([]);
  });

  test('is a bundle of the log without its evidence, which is refused by whoever has the checksum', () => {
    renameSync(join(folder, 'evidence'), `${folder}-away`);
    expect([kinds(folder), kinds(folder, made.checksum)]).toEqual([[], ['missing-file']]);
    renameSync(`${folder}-away`, join(folder, 'evidence'));
  });

  test('is refused when it is not the one whose checksum somebody has', () =>
    expect(kinds(folder, '0'.repeat(64))).toEqual(['wrong-checksums']));
});

describe('somebody who changes the evidence and writes its hashes again is found by the log:', () => {
  const inLog = EVIDENCE_NAMES.filter((name) => name !== 'findings');

  test('a row that is left out of an answer', async () => {
    for (const name of inLog.filter((each) => made.counts.has(each))) {
      // A row at the very edge of the period may be missing: the database knows it to the microsecond.
      const at = linesOf(`evidence/${name}.jsonl`)
        .map((line) => Date.parse(String((JSON.parse(line) as AuditRow)['at'])))
        .findLastIndex((each) => each > PERIOD.from + 1 && each < PERIOD.to - 1);
      if (at < 0) continue;
      const found = await foundIn((copy) => {
        edit(`evidence/${name}.jsonl`, withoutLine(at))(copy);
        edit(`evidence/${name}.csv`, withoutLine(at + 1))(copy);
        edit('evidence/controls.json', (text) => {
          const contents = JSON.parse(text) as { answers: { question: string; rows: number }[] };
          for (const answer of contents.answers) if (answer.question === name) answer.rows -= 1;
          return JSON.stringify(contents);
        })(copy);
      });
      // The end of what is still held, and a moment at the edge of the period, are not certain.
      if (name !== 'overstays')
        expect([name, found]).toEqual([name, expect.arrayContaining(['missing-answer'])]);
    }
  });

  test('a row that is there twice', async () => {
    const twice = (text: string) => text.replace(/^.*\n/, (line) => line + line);
    expect(await foundIn(edit('evidence/approvals.jsonl', twice))).toContain('extra-answer');
  });

  test.each<[what: string, name: EvidenceName, change: (text: string) => string, kind: string]>([
    [
      'another approver',
      'grants',
      (text) => text.replace(/"approved_by":\["\w+"/, '"approved_by":["eli"'),
      'wrong-answer',
    ],
    [
      'another end',
      'grants',
      (text) => text.replace(/"until":"2026-11-01T..:/, '"until":"2026-11-01T00:'),
      'wrong-answer',
    ],
    [
      'another receipt',
      'grants',
      (text) => text.replace(/"receipt":"[^"]+"/, '"receipt":null'),
      'wrong-answer',
    ],
    [
      'another person',
      'approvals',
      (text) => text.replace(/"person":"\w+"/, '"person":"eli"'),
      'wrong-answer',
    ],
    ['another time', 'refusals', (text) => text.replace(/"at":"2026/, '"at":"2025'), 'wrong-answer'],
    [
      'an event that is not in the log',
      'approvals',
      (text) => text.replace(/\/\d+",/, '/999",'),
      'extra-answer',
    ],
  ])('%s in a row', async (_what, name, change, kind) => {
    expect(await foundIn(edit(`evidence/${name}.jsonl`, change))).toContain(kind);
  });

  test.each<[what: string, file: string, change: (text: string) => string, kind: string]>([
    [
      'the file for a spreadsheet',
      'evidence/grants.csv',
      (text) => text.replace(/(ana|bo|cy|dee)/, 'eli'),
      'wrong-csv',
    ],
    ['another sample', 'evidence/sample.jsonl', withoutLine(0), 'wrong-sample'],
    ['a proof that is left out', 'evidence/sample-proofs.jsonl', withoutLine(0), 'wrong-proof'],
    [
      'a smaller sample',
      'evidence/controls.json',
      (text) => text.replace('"wanted": 8', '"wanted": 2'),
      'wrong-sample',
    ],
    [
      'a shorter period',
      'evidence/controls.json',
      (text) => text.replace('09:30:00', '11:30:00'),
      'extra-answer',
    ],
    [
      'a longer period',
      'evidence/controls.json',
      (text) => text.replace('16:20:00', '23:20:00'),
      'missing-answer',
    ],
    [
      'another checkpoint',
      'evidence/controls.json',
      (text) => text.replace(/"size": \d+/, '"size": 1'),
      'wrong-evidence',
    ],
    [
      'an order that is not in the log',
      'evidence/controls.json',
      (text) => text.replace(/"order": "\w{8}/, '"order": "00000000'),
      'wrong-evidence',
    ],
    [
      'another scope than was ordered',
      'evidence/controls.json',
      (text) => text.replace('"entitlement": null', '"entitlement": "orders-db"'),
      'wrong-evidence',
    ],
    [
      'another period than was ordered',
      'evidence/controls.json',
      (text) => text.replace('16:20:00', '16:20:01'),
      'wrong-evidence',
    ],
    [
      'a control that was not ordered',
      'evidence/controls.json',
      (text) => text.replace('"id": "CC6.1"', '"id": "CC6.9"'),
      'wrong-evidence',
    ],
    [
      'a control without one of its questions',
      'evidence/controls.json',
      (text) => text.replace(/"overstays",\s+/, ''),
      'wrong-evidence',
    ],
    [
      'a control without its answer',
      'evidence/controls.json',
      (text) => text.replace('"question": "drift"', '"question": "grants"'),
      'wrong-evidence',
    ],
  ])('%s', async (_what, file, change, kind) => {
    expect(await foundIn(edit(file, change))).toContain(kind);
  });

  test('another log beside the evidence', async () => {
    const other = await startEvidence(SEED + 1, 5);
    try {
      const theirs = await other.make();
      const found = await foundIn((copy) => {
        for (const file of filesOf(copy).filter((each) => !each.startsWith('evidence/')))
          rmSync(join(copy, file));
        cpSync(theirs.folder, copy, {
          recursive: true,
          filter: (from) =>
            (!from.includes('evidence/') && !from.endsWith('/evidence')) || from === theirs.folder,
        });
      });
      expect(found).toEqual(expect.arrayContaining(['wrong-evidence', 'extra-answer']));
    } finally {
      await other.stop();
    }
  });
});

test('somebody who gives an earlier end to access that is still held is found', async () => {
  const lines = linesOf('evidence/overstays.jsonl').map((line) => JSON.parse(line) as AuditRow);
  const at = lines.findIndex(({ until }) => until === null);
  expect(at).toBeGreaterThanOrEqual(0);
  const earlier = { ...lines[at], at: String(lines[at]?.['planned_end']), seconds: 0 };
  const found = await foundIn(
    edit('evidence/overstays.jsonl', (text) =>
      text
        .split('\n')
        .map((line, each) => (each === at ? JSON.stringify(earlier) : line))
        .join('\n'),
    ),
  );
  expect(found).toContain('wrong-answer');
});

describe('evidence of every control', () => {
  test('of a time in which nothing happened has answers without rows, and is accepted', async () => {
    const asked = { from: 0 as Instant, to: 1_000 as Instant };
    const empty = await fixture.make({ controls: CONTROLS, asked });
    expect(
      [...empty.made.counts]
        .filter(([name]) => !['pairs', 'overstays'].includes(name))
        .map(([, rows]) => rows),
    ).toEqual(Array(EVIDENCE_NAMES.length - 3).fill(0));
    const report = verify(empty.folder, empty.made.checksum);
    expect(report).toMatchObject({ ok: true, problems: [] });
    expect(report.missing).toEqual([]);
  });

  test('and of a control that the verifier does not know is not proven', async () => {
    const control = { ...CONTROLS[0]!, id: 'CC6.99' };
    const other = await fixture.make({ controls: [control] });
    const { verdict, missing } = verify(other.folder, other.made.checksum);
    expect([verdict, missing]).toEqual(['unproven', [expect.stringMatching(/soc2 CC6\.99\.$/)]]);
  });

  test('with a small sample says how many of the accesses it has', async () => {
    const small = await fixture.make({ sample: 1 });
    const { ok, notChecked } = verify(small.folder, small.made.checksum);
    const line = `the sample has 1 row of ${small.made.counts.get('grants')}`;
    expect([ok, notChecked]).toEqual([true, expect.arrayContaining([expect.stringContaining(line)])]);
  });

  test.each([{ entitlement: 'orders-db' }, { provider: 'github' }])(
    'of %p has only that, and is accepted',
    async (scope) => {
      const narrow = await fixture.make({ controls: CONTROLS, asked: { ...PERIOD, ...scope } });
      expect(narrow.made.counts.get('grants')).toBeLessThan(made.counts.get('grants') ?? 0);
      expect(verify(narrow.folder, narrow.made.checksum)).toMatchObject({ ok: true, problems: [] });
    },
  );

  test('shows an approval of the own request, if the database ever had one', async () => {
    const { id, requester, events } = fixture.world.requests.find(({ events: all }) => all.length > 2)!;
    const at = Math.max(...events.map((event) => event.at)) + 1;
    await rowsOf(
      fixture.url,
      `insert into event (request_id, seq, step, kind, body, via, at) values ($1, $2, 'own', 'approved', $3, 'cli', $4)`,
      [
        id,
        events.length,
        JSON.stringify({ kind: 'approved', at, by: requester, stage: 0, digest: 'd' }),
        new Date(at),
      ],
    );
    await fixture.publish();
    const asked = { from: (at - 1) as Instant, to: (at + 1) as Instant };
    const own = await fixture.make({ controls: CONTROLS, asked });
    expect(own.made.counts.get('self-approvals')).toBe(1);
    expect(verify(own.folder, own.made.checksum)).toMatchObject({ ok: true, problems: [] });
  });
});

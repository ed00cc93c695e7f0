import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeChecksums } from '../../../audit/evidence/checksums.ts';
import { CONTROLS } from '../../../audit/evidence/controls.ts';
import { rowsOf } from '../../ledger/ledger.fixture.ts';
import { type EvidenceFixture, PERIOD, startEvidence, verify } from './evidence.fixture.ts';

const MINUTE = 60_000;
const ANSWER = 'evidence/readings.jsonl';

let fixture: EvidenceFixture;
let folder: string;
const rows = <T extends object>(sql: string, values: readonly unknown[] = []) =>
  rowsOf<T>(fixture.url, sql, values);
/** A reading at so many milliseconds after a moment, to the microsecond. */
const readAt = (person: string, address: string, at: number) =>
  rows(
    `insert into reading (person, kind, address, at) values ($1, 'page', $2, $3::timestamptz + interval '999 microseconds')`,
    [person, address, new Date(at)],
  );

beforeAll(async () => {
  fixture = await startEvidence(7, 4);
  await rows(
    `insert into reading (person, kind, address, at, log_id) values ('bo', 'export', '/from-before', $1, nextval('log_id'))`,
    [new Date(PERIOD.from + MINUTE)],
  );
  await readAt('dee', '/before-the-period', PERIOD.from - MINUTE);
  await readAt('dee', '/in-the-period', PERIOD.from + MINUTE);
  for (let at = 0; at < 700; at += 1)
    await readAt('eli', `/long?${'x'.repeat(100)}`, PERIOD.from + 20 * MINUTE + at);
  await readAt('dee', '/last-in-the-period', PERIOD.to - MINUTE);
  await readAt('dee', '/after-the-period', PERIOD.to + MINUTE);
  while ((await rows<{ closed: boolean }>('select close_visit() as closed'))[0]?.closed);
  await readAt('dee', '/waits', PERIOD.from + 2 * MINUTE);
  await fixture.publish();
  ({ folder } = await fixture.make({ controls: CONTROLS.filter(({ id }) => id === 'AU-9') }));
});
afterAll(() => fixture?.stop());

type Row = Readonly<{ person: string; address: string; entry: string }>;
const rowsIn = (place: string) =>
  readFileSync(join(place, ANSWER), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Row);

test('the evidence has each reading of the period that an entry of the log has, and the verifier accepts it', async () => {
  const answer = rowsIn(folder);
  expect(answer.filter(({ person }) => person !== 'eli').map(({ address }) => address)).toEqual([
    ...['/from-before', '/in-the-period', '/last-in-the-period'],
  ]);
  expect(answer.filter(({ person }) => person === 'eli')).toHaveLength(700);
  expect(new Set(answer.map(({ entry }) => entry.split('/')[0]))).toEqual(new Set(['reading', 'visit']));
  expect(verify(folder)).toMatchObject({ ok: true, problems: [] });
});

test('a visit whose entry would be too long has its pages beside the log, with their hash in it', () => {
  const entries = readFileSync(join(folder, 'entries.jsonl'), 'utf8').split('\n');
  const visits = entries.filter((line) => line.includes('"type":"visit"'));
  expect(visits).toHaveLength(3);
  expect(visits.filter((line) => line.includes('"sha256"'))).toHaveLength(1);
});

test.each<[what: string, change: (answer: readonly Row[]) => readonly object[], kind: string]>([
  [
    'a reading that is left out',
    (answer) => answer.filter(({ person }) => person === 'eli'),
    'missing-answer',
  ],
  [
    'another address',
    (answer) => answer.map((row) => (row.person === 'dee' ? { ...row, address: '/other' } : row)),
    'wrong-answer',
  ],
  [
    'another entry',
    (answer) => answer.map((row) => (row.person === 'dee' ? { ...row, entry: 'visit/9' } : row)),
    'wrong-answer',
  ],
  ['a reading that no entry has', (answer) => [...answer, { ...answer[0], id: '99999' }], 'extra-answer'],
])('somebody who writes %s and all hashes again is found by the log', async (what, change, kind) => {
  const copy = `${folder}-${what.replaceAll(' ', '-')}`;
  cpSync(folder, copy, { recursive: true });
  const changed = change(rowsIn(folder)).map((row) => `${JSON.stringify(row)}\n`);
  writeFileSync(join(copy, ANSWER), changed.join(''));
  await writeChecksums(copy);
  expect(verify(copy).problems.map((problem) => problem.kind)).toContain(kind);
});

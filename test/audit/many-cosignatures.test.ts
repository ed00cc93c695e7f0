import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { exportLog } from '../../audit/export.ts';
import { cosign } from '../../audit/note/cosignature.ts';
import { parseNote } from '../../audit/note/note.ts';
import { verifierKey } from '../../audit/note/vkey.ts';
import { proveConsistency } from '../../audit/prove.ts';
import { verifyBundle } from '../../audit/verify/verify.mjs';
import { openedIn } from '../ledger/ledger.fixture.ts';
import { ledger, rows } from '../ledger/own-ledger.fixture.ts';
import { temporaryFolder } from '../manifest/folder.fixture.ts';
import { keyOf, trusted } from './log.fixture.ts';
import { LOG_KEYS, publishAll } from './published.fixture.ts';

// A witness can cosign one checkpoint as often as it likes, each time with another time.

const WITNESSES = ['w1', 'w2'].map((name) => ({ name: `witness.example/${name}`, privateKey: keyOf(name) }));
const [first, second] = WITNESSES as [(typeof WITNESSES)[0], (typeof WITNESSES)[0]];
const keys = WITNESSES.map(({ name, privateKey }) => verifierKey(name, privateKey, 'cosignature'));
const AT = 1_790_000_000;

let size = 0;
let text = '';
beforeAll(async () => {
  await openedIn(ledger);
  await publishAll(ledger);
  const newest = await ledger.newestCheckpoint();
  const note = parseNote(newest?.note ?? '');
  [size, text] = [newest?.size ?? 0, note.ok ? note.value.text : ''];
});

/** So many lines of a witness, each with its own time. */
const linesOf = (witness: typeof first, count: number, from = AT): readonly string[] =>
  Array.from({ length: count }, (_, at) => cosign(text, witness, from + at).trimEnd());
const record = (place: string, cosignatures: readonly string[]) =>
  ledger.recordPublished({ place, kind: 'witness', size, cosignatures });
const stored = () => rows<{ line: string }>('select line from log_cosignature order by place');

test('one cosignature is stored for each key and checkpoint: the first one, also when another place has the same key', async () => {
  const [kept, ...others] = linesOf(first, 100);
  await record('w1', [kept ?? '', ...others]);
  await record('w1', linesOf(first, 3, AT - 500));
  await record('w1 elsewhere', linesOf(first, 3, AT + 500));
  expect(await stored()).toEqual([{ line: kept }]);
  const [other] = linesOf(second, 1);
  await record('w2', [other ?? '']);
  expect(await stored()).toEqual([{ line: kept }, { line: other }]);
});

describe('a ledger of an earlier version has many cosignatures of one checkpoint', () => {
  beforeAll(async () => {
    for (const [at, witness] of WITNESSES.entries())
      await rows(`insert into log_cosignature select $1, $2, unnest($3::text[])`, [
        ...[size, `old w${at}`, linesOf(witness, 150, AT + 1000)],
      ]);
  });

  test('its log is exported all the same, and verified with the keys of the witnesses', async () => {
    const folder = join(temporaryFolder(), 'export');
    const about = { name: LOG_KEYS.name, trusted, witnesses: keys, places: new Map<string, string>() };
    await exportLog(ledger, folder, { ...about, exportedAt: new Date(0) });
    const all = [...trusted, ...keys].map((key) => key.text);
    expect(verifyBundle(folder, { keys: all })).toMatchObject({ verdict: 'verified', problems: [] });
  });

  test('a proof has one cosignature of each witness', async () => {
    const proof = await proveConsistency(ledger, size, undefined);
    const note = parseNote(proof.ok ? proof.value.to.note : '');
    const [log, ...others] = note.ok ? note.value.lines.map(({ name }) => name) : [];
    expect([log, others.toSorted()]).toEqual([LOG_KEYS.name, WITNESSES.map(({ name }) => name)]);
  });
});

import { expect, test } from '@jest/globals';
import { verifyBundle } from '../../../audit/verify/verify.mjs';
import { KEY, NEXT_KEY, ORIGIN } from './bundle.fixture.ts';
import { whileWritten } from './checks/false-folder.fixture.ts';
import { filesOf, otherRow, ROWS, signedLog } from './checks/honest-log.fixture.ts';
import { checkpointNote, type Signer } from './signed-log.fixture.ts';

// The log names the keys that sign it. An auditor can trust both keys of a change, and the old one must not count after it.

const FIRST = ROWS.length;

/** The problems with the checkpoints in the list of the ledger, of a log that names these keys, an entry each, and whose checkpoints after the first one are signed with this key. */
function problemsOf(named: readonly (readonly Signer[])[], signer: Signer): readonly string[] {
  const rows = [
    ...ROWS,
    ...named.map((keys, at) =>
      otherRow('log-keys', String(at), 8 + at, { keys: keys.map(({ vkey }) => vkey) }),
    ),
  ];
  const log = signedLog(rows, { sizes: [FIRST, rows.length] });
  const notes = log.notes.map(({ size, note }) => ({
    size,
    note: size === FIRST ? note : checkpointNote(ORIGIN, size, log.tree.root(size), [signer]),
  }));
  return whileWritten({ files: filesOf({ ...log, notes }) }, (folder) =>
    verifyBundle(`${folder}/bundle`, { keys: [KEY.vkey, NEXT_KEY.vkey] })
      .problems.filter(({ file }) => file === 'checkpoints/ledger.jsonl')
      .map(({ text }) => text),
  );
}

test('the key of before signs the checkpoints up to the entry that names another one', () =>
  expect(problemsOf([[NEXT_KEY]], NEXT_KEY)).toEqual([]));

test('while a key is changed, each of the two can sign', () => {
  expect(problemsOf([[KEY, NEXT_KEY]], KEY)).toEqual([]);
  expect(problemsOf([[KEY, NEXT_KEY]], NEXT_KEY)).toEqual([]);
});

test('the last entry before a checkpoint counts', () => {
  expect(problemsOf([[KEY, NEXT_KEY], [NEXT_KEY]], NEXT_KEY)).toEqual([]);
  expect(problemsOf([[NEXT_KEY], [KEY]], KEY)).toEqual([]);
});

test('a key that was replaced signs nothing any more', () =>
  expect(problemsOf([[KEY, NEXT_KEY], [NEXT_KEY]], KEY)).toEqual([
    'The log names the keys that sign from the entry 8 on, and none of them that you trust is on the checkpoint of size 9 in line 2 of checkpoints/ledger.jsonl.',
  ]));

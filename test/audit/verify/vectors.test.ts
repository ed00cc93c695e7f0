import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  canonical,
  judgeNote,
  judgeSignature,
  parseKey,
  parseNote,
  provesConsistency,
  provesInclusion,
} from '../../../audit/verify/verify.mjs';

import { KEY, ORIGIN, WITNESS } from './bundle.fixture.ts';
import { checkpointNote } from './signed-log.fixture.ts';

// Known values that others published.

const DATA = new URL('../../../../shared/data/', import.meta.url).pathname;
const hasData = existsSync(DATA);
if (!hasData) console.info('skipped: no corpora');

const filesIn = (folder: string): readonly string[] =>
  hasData
    ? readdirSync(join(DATA, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(json|txt)$/.test(name))
        .map((name) => join(DATA, folder, name))
    : [];

const read = (file: string): string => readFileSync(file, 'utf8');
const hashOf = (text: string): string => Buffer.from(text, 'base64').toString('latin1');

type Vector = Readonly<{ root: string; proof: readonly string[] | null; desc: string; wantErr: boolean }>;
type Inclusion = Vector & Readonly<{ leafIdx: number; treeSize: number; leafHash: string }>;
type Consistency = Vector & Readonly<{ size1: number; size2: number; root1: string; root2: string }>;

/** The vectors that are judged otherwise than they say. */
const wrongly = <T extends Vector>(folder: string, judge: (vector: T, path: readonly string[]) => boolean) =>
  filesIn(folder).filter((file) => {
    const vector = JSON.parse(read(file)) as T;
    return judge(vector, (vector.proof ?? []).map(hashOf)) === vector.wantErr;
  });

/** https://github.com/transparency-dev/merkle/tree/417fb0c3/testdata */
(hasData ? describe : describe.skip)('the proofs of transparency-dev/merkle are judged as they say', () => {
  test('inclusion', () => {
    expect(filesIn('merkle/testdata/inclusion').length).toBeGreaterThan(50);
    expect(
      wrongly<Inclusion>('merkle/testdata/inclusion', ({ leafIdx, treeSize, leafHash, root }, path) =>
        provesInclusion({ leaf: hashOf(leafHash), index: leafIdx, size: treeSize, path, root: hashOf(root) }),
      ),
    ).toEqual([]);
  });

  test('consistency', () => {
    expect(filesIn('merkle/testdata/consistency').length).toBeGreaterThan(50);
    expect(
      wrongly<Consistency>('merkle/testdata/consistency', ({ size1, size2, root1, root2 }, path) =>
        provesConsistency({
          from: { size: size1, root: hashOf(root1) },
          to: { size: size2, root: hashOf(root2) },
          path,
        }),
      ),
    ).toEqual([]);
  });
});

/** https://github.com/cyberphone/json-canonicalization/tree/19d51d7f/testdata */
(hasData ? describe : describe.skip)('JSON is written as RFC 8785 says', () => {
  test.each(filesIn('jcs/input').map((file) => [file.split('/').at(-1) ?? '', file]))('%s', (_name, file) => {
    expect(canonical(JSON.parse(read(file)))).toBe(read(file.replace('/input/', '/output/')));
  });
});

// The example of https://github.com/C2SP/C2SP/blob/main/signed-note.md
const SPECIFIED = {
  key: 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
  note: 'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
};
// The example of https://pkg.go.dev/golang.org/x/mod/sumdb/note
const OF_GO = {
  key: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  note: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
};

describe.each([
  ['the example of C2SP', SPECIFIED],
  ['the example of Go', OF_GO],
])('a signed note, %s', (_what, { key, note }) => {
  const verifies = (text: string, vkey = key): boolean => {
    const parsed = parseNote(text);
    const [signature] = parsed?.signatures ?? [];
    return (
      parsed !== undefined &&
      signature !== undefined &&
      judgeSignature(parsed.text, signature, parseKey(vkey)).good
    );
  };

  test('is verified, and not when a letter of it is changed', () => {
    expect(verifies(note)).toBe(true);
    expect(verifies(note.replace('i', 'I'))).toBe(false);
  });

  test('has a key whose id is checked', () => {
    expect(parseKey(key)).toMatchObject({ vkey: key, isWitness: false });
    expect(() =>
      parseKey(key.replace(/\+(.)/, (_, digit: string) => `+${digit === '0' ? '1' : '0'}`)),
    ).toThrow('id in this key');
  });
});

test('a cosignature is wrong when no date can hold its time', () => {
  const keys = [KEY, WITNESS].map(({ vkey }) => parseKey(vkey));
  const kindAt = (seconds: number) =>
    judgeNote(checkpointNote(ORIGIN, 1, Buffer.alloc(32), [KEY, WITNESS], seconds), keys).kind;
  expect([kindAt(8_640_000_000_000), kindAt(8_640_000_000_001)]).toEqual([undefined, 'bad-cosignature']);
});

test('a checkpoint of another log does not count, also when the key of this log signed it', () => {
  const note = checkpointNote('other.example.com/log', 1, Buffer.alloc(32), [KEY]);
  expect(judgeNote(note, [parseKey(KEY.vkey)])).toMatchObject({ kind: 'wrong-origin' });
});

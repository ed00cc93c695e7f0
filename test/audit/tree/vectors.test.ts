import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { rootFromPath } from '../../../audit/tree/check.ts';

const FOLDER = join(import.meta.dirname, '../../../../shared/data/merkle/testdata/inclusion');

type Vector = Readonly<{
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
  proof: readonly string[] | null;
  desc: string;
  wantErr: boolean;
}>;

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');

describe('inclusion proofs that transparency-dev/merkle published', () => {
  if (!existsSync(FOLDER)) {
    test.skip('skipped: no corpora', () => undefined);
    return;
  }
  const vectors = filesIn(FOLDER).map((file) => [
    file.slice(FOLDER.length + 1),
    JSON.parse(readFileSync(file, 'utf8')) as Vector,
  ]) as [string, Vector][];

  test.each(vectors)('%s: is accepted when it is right, and only then', (_file, vector) => {
    const { leafIdx, treeSize, root, leafHash, proof, wantErr } = vector;
    const found = rootFromPath(bytes(leafHash), { index: leafIdx, size: treeSize }, (proof ?? []).map(bytes));
    expect(found !== undefined && found.equals(bytes(root)) && bytes(leafHash).length === 32).toBe(!wantErr);
  });
});

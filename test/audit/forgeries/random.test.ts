import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CHECKSUMS } from '../../../audit/evidence/checksums.ts';
import { randomOf } from '../verify/rows.fixture.ts';
import { without } from './files.ts';
import { harmlessBy, RULES } from './harmless.ts';
import { type HonestFolders, KINDS, startHonestFolders } from './honest-folders.fixture.ts';
import { randomTamper } from './random-tampers.ts';

// Nobody reads the verifier to find these changes. Each is found, or docs/verify.md says that it changes nothing.

/** Always the same one, because a rule of harmless.ts is written by hand. `FORGERIES` and `TEST_LAW_SEED` try more. */
const SEED = Number(process.env['TEST_LAW_SEED'] ?? 500_000);
const COUNT = Number(process.env['FORGERIES'] ?? 150);
const PAGE = join(import.meta.dirname, '../../../docs/verify.md');

let honest: HonestFolders;
beforeAll(async () => {
  honest = await startHonestFolders(SEED);
});
afterAll(() => honest?.stop());

test.each(KINDS)('both honest folders of the kind %s are verified', (kind) => {
  for (const files of [honest[kind].files, honest[kind].other])
    expect(honest.verdictOf[kind](files)).toMatchObject({ verdict: 'verified', problems: [] });
});

test.each(KINDS)(`no random change of a folder of the kind %s is verified (seed ${SEED})`, (kind) => {
  const { files, other } = honest[kind];
  const believed: string[] = [];
  for (let done = 0, number = 0; done < COUNT; number += 1) {
    const tampered = randomTamper(files, other, randomOf(SEED + number));
    if (!tampered) continue;
    done += 1;
    if (honest.verdictOf[kind](tampered.files).verdict !== 'verified') continue;
    const [before, after] = [files, tampered.files].map((each) => without(each, CHECKSUMS));
    if (!before || !after || harmlessBy({ honest: before, changed: after, other })) continue;
    believed.push(`${SEED + number}: ${tampered.what}`);
  }
  expect(believed).toEqual([]);
});

test.each(RULES)('docs/verify.md says of the harmless change "$name" why it is one', ({ sentence }) => {
  expect(readFileSync(PAGE, 'utf8').replaceAll(/\s+/g, ' ')).toContain(sentence);
});

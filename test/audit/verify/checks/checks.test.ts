import { beforeAll, describe, expect, test } from '@jest/globals';
import { FALSE_BUNDLES, HONEST_BUNDLES } from './false-bundles.fixture.ts';
import { FALSE_ENTRIES } from './false-entries.fixture.ts';
import { FALSE_EVIDENCE, HONEST_EVIDENCE } from './false-evidence.fixture.ts';
import { type FalseFolders, verdictIn, whileWritten } from './false-folder.fixture.ts';
import { FALSE_PLACES, HONEST_PLACES } from './false-places.fixture.ts';
import { FALSE_PROOFS, HONEST_PROOFS } from './false-proofs.fixture.ts';
import { FALSE_PURGES, HONEST_PURGES, UNKNOWN_PURGE } from './false-purges.fixture.ts';
import { FALSE_REVIEWS, HONEST_REVIEWS } from './false-reviews.fixture.ts';
import { NOT_ISOLATED } from './not-isolated.fixture.ts';
import { checksOf, type Run, type SwitchedVerifier, switchedVerifier } from './switched-verifier.fixture.ts';

// For each check of the verifier there is a false folder that is verified only while this check is off. So nobody can remove
// a check without a test that fails.

const HONEST: FalseFolders = {
  ...{ ...HONEST_BUNDLES, ...HONEST_PLACES, ...HONEST_PURGES },
  ...{ ...HONEST_EVIDENCE, ...HONEST_REVIEWS, ...HONEST_PROOFS },
};
const FALSE: FalseFolders = {
  ...{ ...FALSE_BUNDLES, ...FALSE_ENTRIES, ...FALSE_PLACES, ...FALSE_PURGES },
  ...{ ...FALSE_EVIDENCE, ...FALSE_REVIEWS, ...FALSE_PROOFS },
};
const CHECKS = checksOf();
const GROUPED = new Set(NOT_ISOLATED.map(({ folder }) => folder));
const EXEMPT = new Set(NOT_ISOLATED.map(({ checks: [first] }) => first));

let verifier: SwitchedVerifier;
beforeAll(async () => {
  verifier = await switchedVerifier();
});

const nameOf = (number: number): string => CHECKS[number]?.name ?? '';

function numberOf(name: string): number {
  const number = CHECKS.findIndex((each) => each.name === name);
  if (number === -1) throw new Error(`the verifier has no check "${name}"`);
  return number;
}

/** Writes a folder, and gives a function that verifies it while some checks are off, by their names. */
function withFolder<T>(
  folders: FalseFolders,
  sentence: string,
  use: (run: (...off: string[]) => Run) => T,
): T {
  const folder = folders[sentence]?.();
  if (!folder) throw new Error(`there is no folder of which ${sentence}`);
  return whileWritten(folder, (path) =>
    use((...off) => {
      const numbers = off.map(numberOf);
      return verifier.run(numbers, (its) => verdictIn(path, folder, its));
    }),
  );
}

test('each check has a name of its own', () =>
  expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length));

test.each(Object.keys(HONEST))('an honest folder is verified: %s', (sentence) => {
  const { verdict, reported } = withFolder(HONEST, sentence, (run) => run());
  expect([verdict, reported.map(nameOf)]).toEqual(['verified', []]);
});

type Found = Readonly<{ verdict: string; reported: readonly string[]; alone: readonly string[] }>;
const results = new Map<string, Found>();

/** What is reported of a false folder, and which checks are `alone`: when one of these is off, the folder is verified. */
function foundIn(sentence: string): Found {
  const before = results.get(sentence);
  if (before) return before;
  const found = withFolder(FALSE, sentence, (run) => {
    const { verdict, reported } = run();
    const names = reported.map(nameOf);
    return { verdict, reported: names, alone: names.filter((name) => run(name).verdict === 'verified') };
  });
  results.set(sentence, found);
  return found;
}

describe('a false folder is not verified, and is when one check is off:', () => {
  test.each(Object.keys(FALSE).filter((sentence) => !GROUPED.has(sentence)))('%s', (sentence) => {
    const { verdict, reported, alone } = foundIn(sentence);
    expect(verdict).not.toBe('verified');
    expect({ reported, isOneAlone: alone.length > 0 }).toEqual({ reported, isOneAlone: true });
  });
});

test.each(NOT_ISOLATED)('each check of a group finds alone that $folder', ({ folder, checks }) =>
  withFolder(FALSE, folder, (run) => {
    expect(run(...checks).verdict).toBe('verified');
    for (const each of checks) {
      const others = checks.filter((name) => name !== each);
      expect([each, run(...others).verdict]).not.toEqual([each, 'verified']);
    }
  }),
);

test.each(Object.keys(UNKNOWN_PURGE))(
  'the verdict is failed, and nothing else happens, when %s',
  (sentence) => withFolder(UNKNOWN_PURGE, sentence, (run) => expect(run().verdict).toBe('failed')),
);

describe('there is a false folder that only this check finds:', () => {
  test.each(CHECKS.map(({ line, name }) => [line, name] as const))('line %d, %s', (_line, name) => {
    const folders = Object.keys(FALSE).filter((sentence) => foundIn(sentence).alone.includes(name));
    expect({ name, isAlone: folders.length > 0 }).toEqual({ name, isAlone: !EXEMPT.has(name) });
  });
});

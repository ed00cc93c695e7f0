import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { PROBLEMS, runVerifier, UsageError } from '../../../audit/verify/verify.mjs';
import { auditCommand } from '../../../cli/commands/audit.ts';
import { EXIT } from '../../../cli/terminal/exit.ts';
import { KEY, optionsOf, OTHER_KEY, WITNESS } from './bundle.fixture.ts';
import { historiesOf } from './rows.fixture.ts';
import { type Trial, trialOf } from './trial.fixture.ts';

const VERIFIER = resolve(import.meta.dirname, '../../../audit/verify/verify.mjs');

let trial: Trial;
let bundle: string;
let keys: readonly string[];
beforeAll(() => {
  trial = trialOf(2, historiesOf(2, 40));
  bundle = join(trial.folder, 'bundle');
  keys = optionsOf(trial.folder, trial.log).keys.flatMap((vkey) => ['--key', vkey]);
});
afterAll(() => trial?.remove());

const SOURCE = readFileSync(VERIFIER, 'utf8');

test('it imports only what Node has', () => {
  const imports = [...SOURCE.matchAll(/^import .* from '([^']+)'|import\(['"]([^'"]+)/gm)].map(
    ([, one, other]) => one ?? other ?? '',
  );
  expect(imports.filter((each) => !each.startsWith('node:') && !each.startsWith('node'))).toEqual([]);
  expect(imports.length).toBeGreaterThan(3);
});

test('it can be copied out and run by itself: exit code 0, 6 without a key, and 5 with another one', () => {
  const copy = join(trial.folder, 'verify.mjs');
  copyFileSync(VERIFIER, copy);
  const run = (args: readonly string[]) =>
    spawnSync(process.execPath, [copy, ...args], { encoding: 'utf8', cwd: '/' });
  const good = run([
    bundle,
    ...keys,
    '--place',
    join(trial.folder, 'bucket'),
    '--kept',
    join(trial.folder, 'kept/notes.txt'),
  ]);
  expect([good.status, good.stdout, good.stderr]).toEqual([
    0,
    expect.stringMatching(/\nVerified: all \d+ entries\.\n$/),
    '',
  ]);
  const unproven = run([bundle]);
  expect([unproven.status, unproven.stdout]).toEqual([6, expect.stringMatching(/\nNot proven\. .*\n$/)]);
  const bad = run([bundle, '--key', OTHER_KEY.vkey]);
  expect([bad.status, bad.stdout]).toEqual([5, expect.stringMatching(/Verification failed\.\n$/)]);
  const usage = run([]);
  expect([usage.status, usage.stdout, usage.stderr]).toEqual([
    2,
    '',
    expect.stringContaining('node verify.mjs <folder>'),
  ]);
});

test('without a key nothing is proven, and the last line says why', () => {
  const { code, lines } = runVerifier([bundle]);
  expect([code, lines.at(-1)]).toEqual([
    6,
    'Not proven. The log is proven up to entry '.concat(
      `${trial.log.rows.length - 1}. No key of the log was given. Get it from somebody else than the folder, and give it with --key.`,
    ),
  ]);
});

test('the report says what was checked, of which place and until when, and what was not', () => {
  const { lines } = runVerifier([
    bundle,
    ...keys,
    '--key',
    WITNESS.vkey,
    '--place',
    join(trial.folder, 'git'),
  ]);
  const text = lines.join('\n');
  const { log } = trial;
  const { size } = log.notes.at(-1)!;
  expect(text).toContain(`${log.rows.length} entries of the log (`);
  expect(text).toContain(
    `newest checkpoint in the folder of git: size ${size}, last entry of ${log.rows[size - 1]!.at}`,
  );
  expect(text).toMatch(/Not checked:\n[\s\S]*Whether an entry says the truth/);
});

test('--json has the whole report', () => {
  const { lines } = runVerifier([bundle, ...keys, '--json']);
  expect(JSON.parse(lines.join('\n'))).toMatchObject({
    ok: true,
    size: trial.log.rows.length,
    problems: [],
    verdict: 'verified',
    missing: [],
  });
});

describe('wrong usage is refused:', () => {
  test.each([
    ['no bundle', []],
    ['two bundles', ['a', 'b']],
    ['an unknown option', ['a', '--all']],
    ['an option without its value', ['a', '--key']],
    ['a key that is none', [import.meta.dirname, '--key', 'abc']],
    ['a key with another id', [import.meta.dirname, '--key', KEY.vkey.replace(/\+.{8}\+/, '+00000000+')]],
    ['a folder that is not there', ['/nowhere']],
    ['a kept note that is not there', [import.meta.dirname, '--kept', '/nowhere']],
    ['a place that is not there', [import.meta.dirname, '--place', '/nowhere']],
    ['a proof without a key', [VERIFIER]],
    ['a proof with the key of a witness only', [VERIFIER, '--key', WITNESS.vkey]],
    ['a proof that is none', [VERIFIER, '--key', KEY.vkey]],
  ])('%s', (_what, args) => expect(() => runVerifier(args)).toThrow(UsageError));

  test.each([
    ['the missing key of a proof is named', [VERIFIER], 'A proof needs the public key of the log'],
    ['an unknown option is named', ['a', '--all'], 'There is no option --all'],
  ])('%s', (_what, args, words) => expect(() => runVerifier(args)).toThrow(words));
  test('help is the usage, and no unknown option', () =>
    expect(() => runVerifier(['--help'])).toThrow(
      /0 verified, 2 wrong usage, 5 verification failed, 6 not proven\.$/,
    ));
});

describe('curfew audit verify', () => {
  async function curfew(args: readonly string[]) {
    let out = '';
    const spy = jest
      .spyOn(process.stdout, 'write')
      .mockImplementation((text) => ((out += String(text)), true));
    const before = process.exitCode;
    process.exitCode = undefined;
    try {
      await auditCommand()
        .exitOverride()
        .parseAsync(['verify', ...args], { from: 'user' });
      return { code: Number(process.exitCode ?? 0), out };
    } finally {
      process.exitCode = before;
      spy.mockRestore();
    }
  }

  test('prints the same as the program', async () => {
    const { lines } = runVerifier([bundle, ...keys]);
    expect(await curfew([bundle, ...keys])).toEqual({ code: EXIT.done, out: `${lines.join('\n')}\n` });
  });

  test('ends with 5 and has the problems for programs', async () => {
    const { code, out } = await curfew([bundle, '--key', OTHER_KEY.vkey, '--output', 'jsonl']);
    expect(code).toBe(EXIT.verificationFailed);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([expect.objectContaining({ kind: 'not-signed' })]),
    });
  });

  test('refuses what it cannot read', async () => {
    await expect(curfew(['/nowhere'])).rejects.toMatchObject({ code: EXIT.usage });
  });
});

test('docs/verify.md lists every kind of problem, and no other', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../docs/verify.md'), 'utf8');
  const listed = [...page.split('## Problems')[1]!.matchAll(/^\| `([^`]+)`/gm)].map(([, kind]) => kind);
  expect(listed).toEqual(Object.keys(PROBLEMS));
});

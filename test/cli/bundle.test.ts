import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
const PROGRAM = ['curfew.mjs', 'bundle.mjs', 'build.mjs', 'terminal/local-zone.mjs'];

type Ended = Readonly<{ code: unknown; out: string; err: string }>;

function node(...args: readonly string[]): Promise<Ended> {
  const { PATH, HOME, TMPDIR } = process.env;
  const env = { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), TZ: 'UTC' };
  return new Promise((done) =>
    execFile(process.execPath, args, { env, cwd: ROOT }, (error, out, err) =>
      done({ code: error?.code ?? 0, out, err }),
    ),
  );
}

let project: string;
const at = (...path: readonly string[]) => join(project, ...path);
const bundles = () => readdirSync(at('.curfew/program')).filter((name) => name !== 'current.json');
const current = () =>
  (JSON.parse(readFileSync(at('.curfew/program/current.json'), 'utf8')) as { folder: string }).folder;
const curfew = () => node(at('cli/curfew.mjs'));

/** A project whose program says what a second file holds. */
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'curfew-bundle-'));
  for (const file of PROGRAM) cpSync(join(ROOT, 'cli', file), at('cli', file), { recursive: true });
  cpSync(join(ROOT, 'tsconfig.json'), at('tsconfig.json'));
  symlinkSync(join(ROOT, 'node_modules'), at('node_modules'));
  writeFileSync(at('package.json'), '{"type":"module"}');
  writeFileSync(at('cli/main.ts'), `import { TEXT } from './part.ts';\nconsole.log(TEXT as string);\n`);
  write('one');
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

const write = (text: string): void =>
  writeFileSync(at('cli/part.ts'), `type Text = string;\n\nexport const TEXT: Text = '${text}';\n`);

const says = (text: string): Ended => ({ code: 0, out: `${text}\n`, err: '' });

test.each([[['--help']], [['list', '--help']], [['audit', '--help']], [['end', '--nonsense']]])(
  'the bundle answers "curfew %j" as the sources do',
  async (args) => {
    const fromSources = await node('--import', 'tsx', join(ROOT, 'cli/main.ts'), ...args);
    expect(await node(join(ROOT, 'cli/curfew.mjs'), ...args)).toEqual(fromSources);
  },
);

describe('a bundle', () => {
  test('is made by the first command, and used by the next', async () => {
    expect(await curfew()).toEqual(says('one'));
    const first = bundles();
    expect(await curfew()).toEqual(says('one'));
    expect([first.length, bundles()]).toEqual([1, first]);
  });

  test('is made again when a source changed, also when its length and its time are the same', async () => {
    await curfew();
    const { atime, mtime } = statSync(at('cli/part.ts'));
    write('two');
    utimesSync(at('cli/part.ts'), atime, mtime);
    expect(await curfew()).toEqual(says('two'));
    expect(bundles()).toHaveLength(2);
  });

  test('is used in a copy of the project, whose files have other times', async () => {
    await curfew();
    const copy = `${project}-copy`;
    try {
      cpSync(project, copy, { recursive: true, verbatimSymlinks: true });
      utimesSync(join(copy, 'cli/part.ts'), 1, 1);
      expect(await node(join(copy, 'cli/curfew.mjs'))).toEqual(says('one'));
      expect(readdirSync(join(copy, '.curfew/program'))).toHaveLength(2);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });

  test('names the file and the line of the source when the program crashes', async () => {
    writeFileSync(
      at('cli/part.ts'),
      `type Text = string;\n\nexport const TEXT: Text = (() => {\n  throw new Error('it broke');\n})();\n`,
    );
    const { code, err } = await curfew();
    expect([code, err]).toEqual([1, expect.stringMatching(/it broke[^]*cli\/part\.ts:4:9/)]);
    expect(bundles()).toHaveLength(1);
  });

  test.each<[string, () => void]>([
    ['a file of it is missing', () => rmSync(at('.curfew/program', current(), 'main.mjs'))],
    ['its folder is missing', () => rmSync(at('.curfew/program', current()), { recursive: true })],
    [
      'its list was not written to the end',
      () => writeFileSync(at('.curfew/program/current.json'), '{"folder":"'),
    ],
    [
      'it was not made to the end',
      () => {
        rmSync(at('.curfew/program/current.json'));
        writeFileSync(at('.curfew/program', bundles()[0]!, 'main.mjs'), 'console.log("half of');
      },
    ],
  ])('is not used when %s', async (_when, change) => {
    await curfew();
    change();
    expect(await curfew()).toEqual(says('one'));
  });

  test('that several processes make at once is complete for each of them', async () => {
    expect(await Promise.all([curfew(), curfew(), curfew()])).toEqual([
      says('one'),
      says('one'),
      says('one'),
    ]);
    expect(readdirSync(at('.curfew/program')).filter((name) => /\.json\./.test(name))).toEqual([]);
    const before = bundles();
    expect(await curfew()).toEqual(says('one'));
    expect(bundles()).toEqual(before);
  });

  test('stays for a day after the next one, and as long as it is the one before the newest', async () => {
    const made: string[] = [];
    for (const text of ['one', 'two', 'three']) {
      write(text);
      await curfew();
      made.push(current());
    }
    expect(bundles().sort()).toEqual([...made].sort());
    for (const name of made) utimesSync(at('.curfew/program', name), 1, 1);
    write('four');
    await curfew();
    expect(new Set(bundles())).toEqual(new Set([made[2], current()]));
  });

  test('lets a source find a file beside itself', async () => {
    writeFileSync(
      at('cli/part.ts'),
      `export const TEXT = [import.meta.url, import.meta.dirname, import.meta.filename].join(' ');`,
    );
    const [url = '', folder = '', file = ''] = (await curfew()).out.trim().split(' ');
    expect(new URL(url).pathname).toBe(at('cli/part.ts'));
    expect([resolve(folder), resolve(file)]).toEqual([at('cli'), at('cli/part.ts')]);
  });

  test('counts the folders of the providers, which no file lists', async () => {
    await curfew();
    mkdirSync(at('providers/acme'), { recursive: true });
    await curfew();
    expect(bundles()).toHaveLength(2);
  });
});

describe('without a bundle the sources run', () => {
  test('where its folder may not be written', async () => {
    writeFileSync(at('.curfew'), '');
    expect(await curfew()).toEqual(says('one'));
  });

  test('when they have an error, which is named', async () => {
    writeFileSync(at('cli/part.ts'), `export const TEXT = ;\n`);
    const { code, err } = await curfew();
    expect([code, err]).toEqual([1, expect.stringMatching(/cli\/part\.ts:1:20[^]*Unexpected ";"/)]);
    expect(bundles()).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/import-table.ts';

type Locked = Readonly<{
  version?: string;
  license?: string;
  integrity?: string;
  link?: boolean;
  dev?: boolean;
}>;
type Lockfile = Readonly<Record<string, Locked>>;

const { packages: LOCKED } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Lockfile;
};

/** Every package that npm installs: not the workspaces of this repository. */
const installed = (lockfile: Lockfile): readonly (readonly [place: string, locked: Locked])[] =>
  Object.entries(lockfile).filter(([place, { link }]) => place.includes('node_modules/') && !link);

describe('every package of npm has a hash (T34)', () => {
  const withoutHash = (lockfile: Lockfile) =>
    installed(lockfile)
      .filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))
      .map(([place]) => place);

  test('in package-lock.json', () => {
    expect(installed(LOCKED).length).toBeGreaterThan(500);
    expect(withoutHash(LOCKED)).toEqual([]);
  });

  test.each([{}, { integrity: '' }, { integrity: 'sha1-Y3J5cHRvZ3JhcGhpYw==' }])(
    'and this test sees one with %j',
    (locked) => expect(withoutHash({ 'node_modules/evil': locked })).toEqual(['node_modules/evil']),
  );
});

describe('every package of npm has a licence that allows its use here', () => {
  const ANYWHERE = [
    ...['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'Unlicense'],
    'Apache-2.0 AND MIT',
    'CC-BY-4.0', // the data about browsers of caniuse-lite
  ];
  /** Not in what people run: the checks of accessibility, and types. */
  const IN_DEVELOPMENT = ['MPL-2.0', '(MIT OR CC0-1.0)'];
  /** Packages whose package.json names no licence. Their file LICENSE begins with this text. */
  const BY_FILE: Readonly<Record<string, string>> = {
    'node_modules/unionfs': 'This is free and unencumbered software released into the public domain.',
  };

  function complaints(lockfile: Lockfile): readonly string[] {
    return installed(lockfile).flatMap(([place, { license, dev }]) => {
      if (license === undefined && BY_FILE[place] !== undefined) return [];
      const allowed = dev ? [...ANYWHERE, ...IN_DEVELOPMENT] : ANYWHERE;
      return allowed.includes(license ?? '') ? [] : [`${place}: ${license ?? 'no licence'}`];
    });
  }

  test('in package-lock.json', () => expect(complaints(LOCKED)).toEqual([]));

  test.each(Object.entries(BY_FILE))('%s has it in its file LICENSE', (place, text) => {
    expect(readFileSync(join(ROOT, place, 'LICENSE'), 'utf8')).toMatch(new RegExp(`^${text}`));
  });

  test.each<[Locked, string]>([
    [{}, 'node_modules/evil: no licence'],
    [{ license: 'GPL-3.0-only' }, 'node_modules/evil: GPL-3.0-only'],
    [{ license: 'MIT AND GPL-3.0-only' }, 'node_modules/evil: MIT AND GPL-3.0-only'],
    [{ license: 'MPL-2.0' }, 'node_modules/evil: MPL-2.0'],
    [{ license: 'UNLICENSED', dev: true }, 'node_modules/evil: UNLICENSED'],
  ])('and this test sees %j', (locked, complaint) =>
    expect(complaints({ 'node_modules/evil': locked })).toEqual([complaint]),
  );
});

describe('every Python package of moto has hashes (T34)', () => {
  const LIST = readFileSync(join(ROOT, 'sandbox/launch/moto-requirements.txt'), 'utf8');
  const entries = LIST.replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));

  test('and one exact version', () => {
    expect(entries.length).toBeGreaterThan(20);
    for (const entry of entries)
      expect(entry).toMatch(/^[a-z0-9-]+==[^\s*]+( ; [^#]+?)?( +--hash=sha256:[0-9a-f]{64})+ *$/);
  });

  test('moto is in the list, and no address of an index', () => {
    expect(LIST).toMatch(/^moto==/m);
    expect(LIST).not.toMatch(/https?:|--(extra-)?index|--find-links|--trusted-host/);
  });
});

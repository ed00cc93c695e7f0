import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { TOOLS } from '../../scripts/tools.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** The files of another version of Curfew, with its packages. */
export type Version = Readonly<{ folder: string; remove(): void }>;

export const hasTag = (tag: string): boolean => {
  try {
    git('rev-parse', '--quiet', '--verify', `refs/tags/${tag}`);
    return true;
  } catch {
    return false;
  }
};

/** Writes the version with this tag into a new folder, with its packages. */
export function versionOf(tag: string): Version {
  const place = mkdtempSync(join(tmpdir(), 'curfew-version-'));
  const folder = join(place, 'curfew');
  mkdirSync(folder);
  writeFileSync(join(place, 'files.tar'), git('archive', tag));
  execFileSync('tar', ['-xf', join(place, 'files.tar'), '-C', folder]);
  symlinkSync(packagesOf(folder), join(folder, 'node_modules'));
  return { folder, remove: () => rmSync(place, { recursive: true, force: true }) };
}

/**
 * The folder with the packages of a version. They are installed once, beside the other downloads of the tests, because
 * an installation takes longer than the test.
 */
function packagesOf(version: string): string {
  const lock = readFileSync(join(version, 'package-lock.json'));
  if (lock.equals(readFileSync(join(ROOT, 'package-lock.json')))) return join(ROOT, 'node_modules');
  const kept = join(TOOLS, `packages-${createHash('sha256').update(lock).digest('hex').slice(0, 16)}`);
  if (!existsSync(kept)) {
    const draft = `${kept}.${process.pid}`; // an incomplete installation is never used
    for (const file of ['package.json', 'package-lock.json', 'sandbox/package.json'])
      cpSync(join(version, file), join(draft, file));
    execFileSync('npm', ['ci', '--omit=dev', '--ignore-scripts', '--workspaces=false'], { cwd: draft });
    renameSync(draft, kept);
  }
  return join(kept, 'node_modules');
}

const git = (...args: readonly string[]): Buffer =>
  execFileSync('git', [...args], { cwd: ROOT, maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] });

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

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

/** Writes the version with this tag into a new folder, and installs its packages where they are not the same as here. */
export function versionOf(tag: string): Version {
  const place = mkdtempSync(join(tmpdir(), 'curfew-version-'));
  const folder = join(place, 'curfew');
  mkdirSync(folder);
  writeFileSync(join(place, 'files.tar'), git('archive', tag));
  execFileSync('tar', ['-xf', join(place, 'files.tar'), '-C', folder]);
  const lockOf = (project: string): string => readFileSync(join(project, 'package-lock.json'), 'utf8');
  if (lockOf(folder) === lockOf(ROOT)) symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  else execFileSync('npm', ['ci', '--omit=dev', '--ignore-scripts', '--workspaces=false'], { cwd: folder });
  return { folder, remove: () => rmSync(place, { recursive: true, force: true }) };
}

const git = (...args: readonly string[]): Buffer =>
  execFileSync('git', [...args], { cwd: ROOT, maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] });

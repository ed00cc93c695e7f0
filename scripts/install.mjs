import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Runs before anything is installed, and on any Node that knows modules: no dependencies, no new syntax.

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST = [20, 19];

/** Ends the process with one message: what happened, and what to do. */
export function giveUp(what, remedy) {
  console.error(`\n${what}.\n  to do: ${remedy}\n`);
  process.exit(1);
}

/** Refuses a Node that is too old, before it stumbles over syntax it does not know. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  giveUp(
    `Curfew needs Node ${OLDEST.join('.')} or later, and this is ${process.versions.node}`,
    'Install a newer one (https://nodejs.org) and try again.',
  );
}

/**
 * npm writes .package-lock.json last, so it is missing after an interrupted installation. The link to the sandbox is
 * missing after an installation for production (npm ci --workspaces=false). The content counts, because a copy of this
 * folder has other times.
 */
function isInstalled(leaveOut) {
  const modules = join(ROOT, 'node_modules');
  const done = join(modules, '.package-lock.json');
  if (!existsSync(done) || !existsSync(join(modules, '@curfew', 'sandbox'))) return false;
  const wanted = packagesIn(join(ROOT, 'package-lock.json'));
  const present = packagesIn(done);
  return Object.keys(wanted).every(
    (path) => path === '' || leaveOut(wanted[path]) || isThere(wanted[path], present[path]),
  );
}

const packagesIn = (lockfile) => JSON.parse(readFileSync(lockfile, 'utf8')).packages ?? {};

/** npm leaves out the optional packages of other platforms. */
const isThere = (wanted, present) =>
  present
    ? present.version === wanted.version && present.integrity === wanted.integrity
    : wanted.optional === true;

/**
 * Installs what package-lock.json lists where that is missing or different; gives up without a network. Without
 * `development` it leaves out what only the development of Curfew needs, which is half of the time.
 */
export async function ensureInstalled({ development = true } = {}) {
  if (isInstalled((wanted) => !development && wanted.dev === true)) return;
  const stopCounting = count('Installing dependencies (once)');
  const { code, text } = await npm([
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    ...(development ? [] : ['--omit=dev']),
    ...PATIENCE,
  ]);
  stopCounting();
  if (code === 0) return;
  const cause = CAUSES.find(({ pattern }) => pattern.test(text));
  if (cause) giveUp(cause.what, cause.remedy);
  giveUp(
    `The dependencies could not be installed (npm ci):\n${text.trim().split('\n').slice(-12).join('\n')}`,
    'Read what npm says above; "npm ci" repeats it.',
  );
}

/** npm's own patience with a dead network is minutes. */
const PATIENCE = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=3000'];

const CAUSES = [
  {
    pattern: /ENOSPC|EDQUOT/,
    what: 'The disk is full',
    remedy: 'Free about 700 MB where this folder is, and try again.',
  },
  {
    pattern: /EACCES|EROFS|EPERM/,
    what: `This folder may not be written: ${ROOT}`,
    remedy: 'Change its owner, or clone it as the user who runs it.',
  },
  {
    pattern: /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|network/,
    what: 'The npm registry cannot be reached, and the dependencies are not installed yet',
    remedy: 'Connect to a network (or set npm\'s "registry" and "proxy" settings) and try again.',
  },
];

/** Runs npm, the very one that runs us where there is one, and keeps what it says. */
export function npm(args, { cwd = ROOT } = {}) {
  const { npm_execpath: own } = process.env;
  const [command, before] = own && own.endsWith('.js') ? [process.execPath, [own]] : ['npm', []];
  return new Promise((resolve) => {
    const child = spawn(command, [...before, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let out = '';
    child.stdout.on('data', (chunk) => ((text += chunk), (out += chunk)));
    child.stderr.on('data', (chunk) => (text += chunk));
    child.once('error', (error) => resolve({ code: 1, text: error.message, out }));
    child.once('close', (code) => resolve({ code: code ?? 1, text, out }));
  });
}

/** Says what takes a while, and on a terminal for how long already. */
export function count(what) {
  process.stderr.write(`${what} ...`);
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 1000);
  const timer = setInterval(() => process.stderr.write(`\r${what} ... ${seconds()} s`), 1000);
  if (!process.stderr.isTTY) clearInterval(timer);
  return () => {
    clearInterval(timer);
    process.stderr.write(`${process.stderr.isTTY ? `\r${what} ...` : ''} ${seconds()} s\n`);
  };
}

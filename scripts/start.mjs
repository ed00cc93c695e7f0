import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { checkNode, ensureInstalled, ROOT } from './install.mjs';

// npm start: installs what is missing, then runs the demo.

checkNode();
await ensureInstalled({ development: false });

/**
 * In a session of its own: Ctrl-C in a terminal goes to every process of a group, and npm hands it on once more.
 * So it comes here only, and is passed on once.
 */
const child = spawn(process.execPath, ['cli/curfew.mjs', 'demo', ...process.argv.slice(2)], {
  cwd: ROOT,
  env: { ...process.env, TZ: 'UTC' }, // the zone of a worker leaks into workflows
  stdio: ['ignore', 'inherit', 'inherit'],
  detached: true,
});

/** A second Ctrl-C by a person comes later than this. */
const SAME_SIGNAL_MS = 500;
let last = -SAME_SIGNAL_MS;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (performance.now() - last < SAME_SIGNAL_MS) return;
    last = performance.now();
    child.kill(signal);
  });
}
child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));

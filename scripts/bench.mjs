import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { checkNode, ensureInstalled, ROOT } from './install.mjs';

// npm run bench: installs what is missing, then measures. It prints numbers and never fails for them.
// npm run bench -- --rounds 3 --lives 24 --clicks 200 --requests 100 --leases 200 makes it shorter.
// npm run bench -- --parts load runs one part: load, ends, memory, questions, search, log or lives.
// npm run bench -- --parts search --listed-requests 10000 searches a smaller ledger.
// npm run bench -- --parts console --console-requests 10000 fetches the pages of the console over a smaller ledger. A million requests need 12 GB of disk.
// npm run bench -- --parts questions --grants 10000000 asks a ledger of ten million grants. It takes long to make them.

checkNode();
await ensureInstalled();

const args = ['--import', 'tsx', 'bench/run.ts', ...process.argv.slice(2)];
const child = spawn(process.execPath, args, {
  cwd: ROOT,
  env: { ...process.env, TZ: 'UTC', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  stdio: ['ignore', 'inherit', 'inherit'],
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));

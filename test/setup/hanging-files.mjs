import { relative } from 'node:path';

/** Jest has no limit for a whole file. The longest one needs seven minutes on a busy machine. */
const MOST_MINUTES = 20;
const LOOK_MS = 10_000;
/** So long the servers of the run may need to stop. */
const STOP_MS = 60_000;

/** Ends a run in which a test file hangs, and names the file. A reporter of Jest. */
export default class HangingFiles {
  #running = new Map();
  #timer;

  onRunStart() {
    this.#timer = setInterval(() => this.#endIfOneHangs(), LOOK_MS);
    this.#timer.unref();
  }

  onTestFileStart({ path }) {
    this.#running.set(path, Date.now());
  }

  onTestFileResult({ path }) {
    this.#running.delete(path);
  }

  onRunComplete() {
    clearInterval(this.#timer);
  }

  #endIfOneHangs() {
    const hanging = [...this.#running].filter(([, since]) => Date.now() - since > MOST_MINUTES * 60_000);
    if (hanging.length === 0) return;
    const names = hanging.map(([path]) => relative(process.cwd(), path)).join(', ');
    console.error(`The run was ended. These files ran for more than ${MOST_MINUTES} minutes: ${names}`);
    clearInterval(this.#timer);
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), STOP_MS);
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { type Login, readLogin } from '../ledger/login.ts';
import { missingRoles } from './login-check.ts';
import type { Logger } from './log.ts';
import { DUTIES, nameOf, type Part, whatIsMissing, whyNotStarted } from './parts.ts';
import type { UsableSettings } from './settings/usable.ts';
import type { Wiring } from './shared-wiring.ts';
import { startPart } from './start-part.ts';
import { type Running, supervise } from './supervise.ts';

type Process = Readonly<{
  parts: readonly Part[];
  log: Logger;
  /** Reads the settings again, because a file that was missing may be there now. */
  read: () => UsableSettings;
  wiringFor: (usable: UsableSettings) => Wiring;
  /** The login of the ledger, once the ledger has answered. */
  login: () => Login | undefined;
  onAllRun: () => void;
}>;

/** How often a part that runs with less than it could looks whether the rest is there now. */
const LOOK_AGAIN_MS = 15_000;

/** Runs each part under a supervisor of its own. */
export function startParts(process: Process): Readonly<{ stop(): Promise<void> }> {
  const { parts, log, read } = process;
  const report = reporter(parts, process);
  const running = parts.map((part) => {
    const start = async (): Promise<Running> => {
      const usable = read();
      const why = whyNotStarted(part, usable);
      if (why !== undefined) throw new Error(why);
      await assertMayAct(part, usable, process.login());
      const started = await startPart(part, { ...process.wiringFor(usable), settings: usable.settings, log });
      return lookingForMore(part, started, usable, process);
    };
    const name = nameOf(part);
    return { part, ...supervise(name, log, start, { onState: (why) => report(name, why) }) };
  });
  return {
    async stop() {
      for (const isNext of STOP_ORDER)
        await Promise.all(running.filter(({ part }) => isNext(part)).map((each) => each.stop()));
    },
  };
}

const WORKS: readonly Part['kind'][] = ['answers', 'workflows', 'provider'];
/** Nothing new comes first. A grant in progress may wait for the log. */
const STOP_ORDER: readonly ((part: Part) => boolean)[] = [
  ({ kind }) => kind === 'gateway',
  ({ kind }) => WORKS.includes(kind),
  ({ kind }) => kind !== 'gateway' && !WORKS.includes(kind),
];

/** Throws when the login lacks a role that the part acts as. While the ledger is unavailable, nobody knows, and the part runs to end access. */
async function assertMayAct(
  part: Part,
  { settings }: UsableSettings,
  known: Login | undefined,
): Promise<void> {
  const duties = DUTIES[part.kind];
  if (!known?.missing.some((role) => duties.includes(role))) return;
  const problem = missingRoles(await readLogin(settings.database?.url ?? '', duties));
  if (problem !== undefined) throw new Error(problem);
}

/** A part that runs with less than it could is outdated as soon as something of the rest is there. */
function lookingForMore(
  part: Part,
  running: Running,
  usable: UsableSettings,
  { read, log }: Pick<Process, 'read' | 'log'>,
): Running {
  const missing = whatIsMissing(part, usable);
  if (missing.length === 0) return running;
  log.error(
    { part: nameOf(part), missing },
    'runs with less, because these settings are wrong; they are read again',
  );
  const stopping = new AbortController();
  const outdated = (async () => {
    do await pause(LOOK_AGAIN_MS, undefined, { signal: stopping.signal, ref: false });
    while (missing.every((each) => whatIsMissing(part, read()).includes(each)));
  })();
  outdated.catch(() => undefined); // it was stopped
  return {
    ...running,
    outdated,
    async stop() {
      stopping.abort();
      await running.stop();
    },
  };
}

/** Logs which parts run, and which wait and why, each time that one waits or runs again. */
function reporter(parts: readonly Part[], { log, onAllRun }: Pick<Process, 'log' | 'onAllRun'>) {
  const names = parts.map(nameOf);
  const running = new Set<string>();
  const waiting = new Map<string, string>();
  return (name: string, why: string | undefined): void => {
    const before = waiting.get(name);
    const ranBefore = running.has(name);
    if (why === undefined) {
      running.add(name);
      waiting.delete(name);
    } else {
      running.delete(name);
      waiting.set(name, why);
    }
    if (why !== before || (waiting.size > 0 && why === undefined && !ranBefore))
      log[waiting.size > 0 ? 'warn' : 'info'](
        {
          running: [...running],
          starting: names.filter((each) => !running.has(each) && !waiting.has(each)),
          waiting: Object.fromEntries(waiting),
        },
        waiting.size > 0 ? 'some parts wait' : 'no part waits',
      );
    if (running.size === names.length) onAllRun();
  };
}

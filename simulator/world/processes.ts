import type { Facts } from './facts.ts';
import { currentScope, newScope, runIn, type Scope } from './scope.ts';
import type { World } from './world.ts';

/** The processes of a bot. One that is killed is started again by its supervisor, with nothing in memory. */
export type Processes = Readonly<{
  start(name: string, main: (process: Scope) => void): void;
  /** The process of this name, unless it is dead. */
  running(name: string): Scope | undefined;
  kill(process: Scope): void;
}>;

const LONGEST_RESTART_MS = 40_000;

export function openProcesses(world: () => World, facts: Facts): Processes {
  const mains = new Map<string, (process: Scope) => void>();
  const current = new Map<string, Scope>();
  let starts = 0;

  function boot(name: string): void {
    const process = newScope(`${name}.${(starts += 1)}`, { skewMs: world().faults.skewOf(name) });
    current.set(name, process);
    runIn(process, () => mains.get(name)?.(process));
  }
  return {
    start(name, main) {
      mains.set(name, main);
      boot(name);
    },
    running: (name) => (current.get(name)?.isDead ? undefined : current.get(name)),
    kill(process) {
      if (process.isDead) return;
      process.isDead = true;
      const { time, log, random } = world();
      const name = process.name.replace(/\.\d+$/, '');
      const downMs = random.whole(500, LONGEST_RESTART_MS);
      const from = time.now();
      facts.disturbances.push({ what: `${name} killed`, from, to: from + downMs });
      log.say(`${process.name} is killed, and starts again after ${(downMs / 1000).toFixed(1)} s`);
      runIn(newScope('supervisor'), () => time.plan(downMs, () => mains.has(name) && boot(name)));
    },
  };
}

export const nameOf = (process: Scope = currentScope()): string => process.name.replace(/\.\d+$/, '');

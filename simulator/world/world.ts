import type { Moment, Place } from './aims.ts';
import type { WindowKind } from './fault-kinds.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { Random } from './random.ts';
import { currentScope, runIn, type Scope, WORLD } from './scope.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What happened in the world, as a line of the log. Names stand for ids, so the same seed gives the same lines. */
export type WorldLog = Readonly<{ say(text: string): void; lines(): readonly string[] }>;

/** Everything outside of Curfew: the time, the faults, and the way of each call. */
export type World = Readonly<{
  time: VirtualTime;
  /** Milliseconds since the beginning of the seed. */
  elapsed(): number;
  faults: FaultPlan;
  log: WorldLog;
  random: Random;
  isOn(kind: WindowKind): boolean;
  /** Something happened at which a fault can be aimed. */
  meet(moment: Moment, place?: Place): void;
  /** Kills a process. It is started again later. */
  kill(process: Scope): void;
}>;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

const never = (): Promise<never> => new Promise(() => undefined);

/** Of calls while processes are killed: how often one is the last that its process makes. */
const FATAL = 0.06;
const FROZEN = 0.04;

/**
 * A call of a process to another system. It takes time on its way and back, so every other actor can come between. While processes
 * are killed, one can die before the call, after its effect, or after the answer.
 */
export async function call<T>(world: World, effect: () => Promise<T>): Promise<T> {
  const { random } = world;
  const process = currentScope();
  const isOn = (kind: WindowKind): boolean => !process.isSpared && world.isOn(kind);
  const fate = isOn('processes-killed') && random.chance(FATAL) ? random.pick(FATES) : undefined;
  if (isOn('processes-frozen') && random.chance(FROZEN)) freeze(world, process);
  if (fate === 'before') return die(world, process);
  await pause(travelMs(world));
  const answer = await effect().then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error;
    },
  );
  if (fate === 'sent') return die(world, process);
  await pause(travelMs(world));
  if (fate === 'answered') return die(world, process);
  return answer();
}

const FATES = ['before', 'sent', 'answered'] as const;

function die(world: World, process: Scope): Promise<never> {
  world.kill(process);
  return never();
}

/** The process goes on in the middle of what it does, after others may have taken its locks. */
function freeze(world: World, process: Scope): void {
  const ms = world.random.whole(5_000, 45_000);
  process.frozenUntil = world.time.now() + ms;
  world.log.say(`${process.name} is frozen for ${(ms / 1000).toFixed(1)} s`);
}

export const travelMs = ({ random, isOn }: World): number =>
  random.between(0.5, isOn('slow') ? 1_500 : random.chance(0.1) ? 200 : 15);

/** Does something in the world, whatever becomes of the process that caused it. */
export const inWorld = <T>(work: () => T): T => runIn(WORLD, work);

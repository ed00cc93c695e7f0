import type { Aim } from './aims.ts';
import type { FaultWindow, Incident } from './fault-kinds.ts';

/** What goes wrong in a seed. */
export type FaultPlan = Readonly<{
  /** What an aim causes is added when it begins. */
  windows: FaultWindow[];
  incidents: Incident[];
  aims: readonly Aim[];
  /** Half of the seeds have a reaper. In the others only the workflow and the sweeper end access. */
  hasReaper: boolean;
  /** How long a read may show an older state of the vendor (F15). */
  consistencyWindowMs: number;
  /** How far the clock of each process is off (F22). */
  skewOf: (process: string) => number;
}>;

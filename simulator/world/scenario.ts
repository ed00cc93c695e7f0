import type { FaultPlan } from './fault-plan.ts';
import type { Random } from './random.ts';

const MINUTE = 60_000;

/** A request that people make in a scenario. Times are in milliseconds: `atMs` since the beginning, the others after what comes before. */
export type ScriptedRequest = Readonly<{
  atMs: number;
  by: 'ana' | 'dee';
  entitlement: string;
  minutes: number;
  /** After its card was read. */
  approvedAfterMs: number;
  /** After people read that it is being granted. */
  endedAfterMs?: number;
}>;

/** About when the access of a request ends. The clicks take up to a second. */
export const endMs = ({ atMs, approvedAfterMs, minutes }: ScriptedRequest): number =>
  atMs + approvedAfterMs + minutes * MINUTE;

/** A request that is approved at once. */
export const requested = (
  atMs: number,
  entitlement: string,
  minutes: number,
  by: 'ana' | 'dee' = 'ana',
): ScriptedRequest => ({ atMs, by, entitlement, minutes, approvedAfterMs: 500 });

/** What people request, and what goes wrong at which time of it. */
export type Scenario = Readonly<{ requests: readonly ScriptedRequest[] }> & Omit<FaultPlan, 'skewOf'>;

/** Draws what differs between the seeds of one scenario. What it leaves out goes well. */
type DrawScenario = (
  random: Random,
) => Partial<Scenario> & Readonly<{ requests: readonly ScriptedRequest[] }>;

/** Scenarios by their first seed. Each has the next 1000 seeds. */
export type Scenarios = Readonly<Record<number, DrawScenario>>;

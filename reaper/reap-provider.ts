import { Fault, messageOf } from '../core/faults.ts';
import type { Instant } from '../core/ids.ts';
import type { Manifest } from '../manifest/read.ts';
import type { ManagedObject, Remover, VendorClock } from '../providers/provider.ts';
import { skewWarnings } from './clocks.ts';
import { endAccess, endingOf } from './end-access.ts';
import type { PassLimits } from './limits.ts';
import { type BlockedEnding, dueObjects, type Plan, planEntries, planObjects, type Task } from './plan.ts';
import type { Outcome, Report } from './report.ts';
import { closeAfter, type Throttles } from './throttles.ts';
import { eachAtOnce, timed } from './timed.ts';
import type { VerifiedEnds } from './verified.ts';

/** What the pass of one provider works with. `deadline` is when the pass ends, by `performance.now()`. */
export type ProviderPass = Readonly<{
  readManifest: () => Promise<Manifest | undefined>;
  now: () => Instant;
  dryRun: boolean;
  verified: VerifiedEnds;
  throttles: Throttles;
  limits: PassLimits;
  deadline: number;
  signal: AbortSignal;
}>;

/**
 * One pass at one provider. The manifest is read after the objects were listed: an extension writes its later end there first, so an
 * object with the later end is never judged by an older manifest. It is read again before each change of an access that leases can share.
 * What the objects say does not wait for the manifest.
 */
export async function reapProvider(remover: Remover, pass: ProviderPass): Promise<Report> {
  const unread: string[] = [];
  const listing = listObjects(remover, pass, (sentence) => unread.push(sentence));
  const clocks = readClocks(remover, pass);
  const facts = async () => ({ remover, now: pass.now(), clocks: (await clocks).clocks });
  const ofObjects = async (): Promise<readonly Outcome[]> => {
    const plan = planObjects(await listing, await facts());
    return carryOut(plan, remover, { ...pass, dueNow: (task) => Promise.resolve(task) });
  };
  const ofEntries = async (): Promise<readonly Outcome[]> => {
    const objects = await listing;
    const manifest = await pass.readManifest();
    const covered = new Set(dueObjects(objects, { now: pass.now() }).map(({ lease }) => lease));
    const planOf = async ({ entries }: Manifest): Promise<Plan> =>
      planEntries(
        entries.filter(({ provider }) => provider === remover.name),
        covered,
        await facts(),
      );
    const dueNow = async (task: Task): Promise<Task | BlockedEnding | undefined> => {
      const newest = await pass.readManifest();
      if (!newest) throw new Fault('manifest-unavailable', 'nobody knows what remains of this access now');
      return dueOf(task, await planOf(newest));
    };
    return manifest ? carryOut(await planOf(manifest), remover, { ...pass, dueNow }) : [];
  };
  const outcomes = (await Promise.all([ofObjects(), ofEntries()])).flat();
  return { outcomes, unread, warnings: (await clocks).warnings };
}

/** What the newest plan says about the access of a task. */
const dueOf = ({ leases }: Task, { tasks, blocked }: Plan): Task | BlockedEnding | undefined =>
  [...tasks, ...blocked].find((each) => each.leases.some((lease) => leases.includes(lease)));

type DueNow = Readonly<{ dueNow: (task: Task) => Promise<Task | BlockedEnding | undefined> }>;

async function carryOut(
  { tasks, blocked }: Plan,
  remover: Remover,
  pass: ProviderPass & DueNow,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = blocked.map((each) => ({ ...each, kind: 'left' }));
  const carryOutOne = async (task: Task): Promise<void> => {
    const outcome = await endAccess(remover, task, { ...pass, onEnded: pass.verified.add });
    if (outcome) outcomes.push(outcome);
  };
  const open = tasks.filter((task) => !pass.verified.has(task));
  if (pass.dryRun) outcomes.push(...open.map((task): Outcome => ({ ...endingOf(task), kind: 'would-end' })));
  else await eachAtOnce(open, pass.limits, carryOutOne);
  return outcomes;
}

/** An error is never an empty list: it is named, and the pass is not complete. */
async function listObjects(
  remover: Remover,
  { limits, signal, throttles }: ProviderPass,
  onUnread: (sentence: string) => void,
): Promise<readonly ManagedObject[]> {
  const unread = (error: unknown) => {
    closeAfter(throttles, error, { provider: remover.name, retryMs: limits.retryMs });
    onUnread(`The objects of Curfew at ${remover.name} could not be listed: ${messageOf(error)}`);
  };
  try {
    const listed = await timed((each) => remover.listManaged(each, unread), { ms: limits.readMs, signal });
    return unique(listed);
  } catch (error) {
    unread(error);
    return [];
  }
}

/** Two names in the settings can be one server, which then lists each object twice. */
const unique = (listed: readonly ManagedObject[]): readonly ManagedObject[] => [
  ...new Map(listed.map((each) => [`${each.lease}\n${each.what}\n${each.subject}`, each])).values(),
];

type Clocks = Readonly<{ clocks: readonly VendorClock[]; warnings: readonly string[] }>;

/** A clock that is not known delays nothing (I23). */
async function readClocks(
  remover: Remover,
  { now, limits, signal, throttles }: ProviderPass,
): Promise<Clocks> {
  if (!remover.clocks) return { clocks: [], warnings: [] };
  const from = now();
  try {
    const clocks = await timed(async (each) => (await remover.clocks?.(each)) ?? [], {
      ms: limits.clockMs,
      signal,
    });
    return { clocks, warnings: skewWarnings(clocks, { from, to: now() }) };
  } catch (error) {
    closeAfter(throttles, error, { provider: remover.name, retryMs: limits.retryMs });
    return {
      clocks: [],
      warnings: [`The clock of ${remover.name} could not be read: ${messageOf(error)}`],
    };
  }
}

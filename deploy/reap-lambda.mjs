// A pass of the reaper as a function of AWS Lambda, which a schedule of EventBridge starts. docs/operations.md, "The reaper", says
// how to bundle it. Its environment variables are the settings of `curfew reap`.
process.env.TZ = 'UTC';
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
await import('tsx/esm'); // reads the TypeScript
const { readSettings } = await import('../app/settings/settings.ts');
const { openReaper, ownClock } = await import('../app/reaper.ts');
const { reap } = await import('../reaper/reap.ts');
const { isComplete } = await import('../reaper/report.ts');

/** Opened once, so that a warm function remembers which ends it verified, and how long a vendor told it to wait. */
let opened;

function open() {
  const settings = readSettings(process.env);
  if (!settings.ok)
    throw new Error(
      `these settings are wrong: ${settings.error.map(({ setting, what }) => `${setting} ${what}`).join('; ')}`,
    );
  const reaper = openReaper(settings.value);
  if (reaper.removers.size === 0) throw new Error('the reaper has no settings of a provider');
  return reaper;
}

/**
 * One pass. Nothing in the event counts. It throws when something is left or could not be read, so that the metric Errors of the
 * function says so; the log has a line for each of them.
 */
export async function handler() {
  opened ??= open();
  const report = await reap(opened, { now: ownClock, signal: new AbortController().signal });
  for (const outcome of report.outcomes) console.log(JSON.stringify(outcome));
  for (const sentence of report.unread) console.log(JSON.stringify({ kind: 'unread', sentence }));
  for (const sentence of report.warnings) console.log(JSON.stringify({ kind: 'warning', sentence }));
  if (!isComplete(report))
    throw new Error('access is left, or something could not be read. The log says what');
  return { ended: report.outcomes.length };
}

// A pass of the reaper as a function of AWS Lambda, which reap-lambda.yaml creates and a schedule calls. docs/operations.md, "A function
// of AWS Lambda", says how to make its package. Its environment variables are the settings of `curfew reap`.
process.env.TZ = 'UTC';
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
await import('tsx/esm'); // reads the TypeScript
const { readSettings } = await import('../app/settings/settings.ts');
const { openReaper, ownClock } = await import('../app/reaper.ts');
const { reap } = await import('../reaper/reap.ts');
const { isComplete } = await import('../reaper/report.ts');

/** Where the extension "AWS Parameters and Secrets" answers, and how long it may take. */
const PORT = '2773';
const ANSWER_MS = 5_000;

/**
 * The environment variables, and the settings of the secret that REAPER_SECRET_ID names: a JSON object. Lambda takes 4 KB of environment
 * variables in all, and everybody who may read the configuration of the function reads them. The extension reads the secret with the role
 * of the function (https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html).
 */
async function environment({ ...env }) {
  const { REAPER_SECRET_ID: id, AWS_SESSION_TOKEN: token = '' } = env;
  if (!id) return env;
  const port = env.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT ?? PORT;
  const answer = await fetch(
    `http://localhost:${port}/secretsmanager/get?secretId=${encodeURIComponent(id)}`,
    { headers: { 'X-Aws-Parameters-Secrets-Token': token }, signal: AbortSignal.timeout(ANSWER_MS) },
  );
  if (!answer.ok) throw new Error(`the secret ${id} cannot be read: the extension answered ${answer.status}`);
  const { SecretString } = await answer.json();
  return { ...env, ...objectIn(SecretString, id) };
}

/** The error has nothing of the text, which the log would show. */
function objectIn(text, id) {
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // It is refused below.
  }
  throw new Error(`the secret ${id} is no JSON object with settings`);
}

/** Opened once, so that a warm function remembers which ends it verified. */
let opened;

async function open() {
  const settings = readSettings(await environment(process.env));
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
  opened ??= await open();
  const report = await reap(opened, { now: ownClock, signal: new AbortController().signal });
  for (const outcome of report.outcomes) console.log(JSON.stringify(outcome));
  for (const sentence of report.unread) console.log(JSON.stringify({ kind: 'unread', sentence }));
  for (const sentence of report.warnings) console.log(JSON.stringify({ kind: 'warning', sentence }));
  if (!isComplete(report))
    throw new Error('access is left, or something could not be read. The log says what');
  return { ended: report.outcomes.length };
}

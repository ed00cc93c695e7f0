import { resolve } from 'node:path';
import type * as sandbox from '@curfew/sandbox';
import { Command } from 'commander';
import { CommandError } from '../terminal/exit.ts';
import { untilStopped } from '../terminal/signals.ts';

type Sandbox = typeof sandbox;

const ROOT = resolve(import.meta.dirname, '../..');

/** `curfew demo`: what `npm start` runs. */
export const demoCommand = (): Command =>
  new Command('demo')
    .description('run everything on this machine, with a sandbox for each service')
    .addHelpText(
      'after',
      `
Starts Postgres, Temporal, and sandboxes of AWS, GitHub and Slack on the loopback interface, and runs Curfew on
them. Their state is in .curfew/ (CURFEW_HOME). Ctrl-C stops all of it, and the next start continues with the same
state. In the sandbox's Slack everybody may act as anybody, so the demo uses no real service. It ignores the settings
of real services and names those that are set. "curfew up" runs Curfew on real services.`,
    )
    .action(async () => {
      const stopped = untilStopped();
      const { loadSettings } = await import('../terminal/context.ts');
      const ignored = await forgetRealServices();
      const settings = loadSettings();
      const { startDemo, progressOn } = await loadSandbox();
      const starting = startDemo(settings, ignored, progressOn(process.stdout));
      const demo = await Promise.race([starting, stopped.then(() => undefined)]);
      if (!demo) {
        process.stdout.write('\n  Stopped before everything was started.\n');
        process.exit(130); // the child processes end with this process
      }
      process.stdout.write(demo.screen);
      await stopped;
      process.stdout.write(
        '\n  Stopping. Access that expires while Curfew is stopped is revoked after the next start.\n',
      );
      await demo.stop();
      process.stdout.write('  Stopped.\n');
      process.exit(0);
    });

/** Removes the settings of real services, so that no SDK and no server that the demo starts finds them. Returns their names. */
async function forgetRealServices(): Promise<readonly string[]> {
  const { realServicesIn } = await import('../../app/settings/real-services.ts');
  const names = realServicesIn(process.env);
  for (const name of names) delete process.env[name];
  return names;
}

/** Only this command loads the sandbox: an installation for production may leave it out. */
export async function loadSandbox(load: () => Promise<Sandbox> = importSandbox): Promise<Sandbox> {
  try {
    return await load();
  } catch (error) {
    const missing = missingPackage(error);
    if (missing === undefined) throw error;
    throw new CommandError(
      'usage',
      `The demo needs the npm workspace @curfew/sandbox, and it is not installed (${missing} is missing).\n  where: ${ROOT}\n  to do: run "npm install --workspace @curfew/sandbox" there; or set the settings of real services (.env.example lists them all) and run "curfew up".`,
    );
  }
}

const importSandbox = (): Promise<Sandbox> => import('@curfew/sandbox');

/** The package that Node did not find; undefined for any other error. */
function missingPackage(error: unknown): string | undefined {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  return isMissing ? /^Cannot find package '([^']+)'/.exec(error.message)?.[1] : undefined;
}

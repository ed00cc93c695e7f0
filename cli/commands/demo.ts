import { Command } from 'commander';
import { startDemo } from '../../sandbox/demo/demo.ts';
import { untilStopped } from '../terminal/signals.ts';
import { progressOn } from '../../sandbox/demo/progress.ts';
import { loadSettings } from '../terminal/context.ts';

/** `curfew demo`: what `npm start` runs. */
export const demoCommand = (): Command =>
  new Command('demo')
    .description('run everything on this machine, with a sandbox for each service that has no settings')
    .addHelpText(
      'after',
      `
Starts Postgres, Temporal, and sandboxes of AWS, GitHub and Slack on the loopback interface, and runs Curfew on
them. Their state is in .curfew/ (CURFEW_HOME). Ctrl-C stops all of it, and the next start continues with the same
state. When .env has the settings of a real service, Curfew uses that service and starts no sandbox for it.`,
    )
    .action(async () => {
      const stopped = untilStopped();
      const starting = startDemo(loadSettings(), progressOn(process.stdout));
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

import { Command } from 'commander';
import { startDemo } from '../../sandbox/demo/demo.ts';
import { untilStopped } from '../terminal/signals.ts';
import { progressOn } from '../../sandbox/demo/progress.ts';
import { loadSettings } from '../terminal/context.ts';

/** `curfew demo`: what `npm start` runs. */
export const demoCommand = (): Command =>
  new Command('demo')
    .description('run everything on this machine, with a sandbox for whatever the settings do not name')
    .addHelpText(
      'after',
      `
Starts Postgres, Temporal, an AWS, a GitHub and a Slack-like workspace of its own on loopback,
keeps their state in .curfew/ (CURFEW_HOME), and runs Curfew on them. Ctrl-C stops all of it;
the next start goes on where it stopped. A real part that .env names is used instead, each by itself.`,
    )
    .action(async () => {
      const stopped = untilStopped();
      const starting = startDemo(loadSettings(), progressOn(process.stdout));
      const demo = await Promise.race([starting, stopped.then(() => undefined)]);
      if (!demo) {
        process.stdout.write('\n  Stopped before it ran.\n');
        process.exit(130); // what was started goes with this process
      }
      process.stdout.write(demo.screen);
      await stopped;
      process.stdout.write('\n  Stopping. Live access still ends on time: it is written down.\n');
      await demo.stop();
      process.stdout.write('  Stopped.\n');
      process.exit(0);
    });

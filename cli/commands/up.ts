import { Command, InvalidArgumentError } from 'commander';
import { wire } from '../wire.ts';
import { givenParts, settingsOrStop } from '../context.ts';
import { Stop } from '../exit.ts';
import { openLog } from '../log.ts';
import type { Starting } from '../persistently.ts';
import { startGateway, startSweeper, startWorker } from '../roles.ts';
import { untilStopped } from '../stopped.ts';

type Role = Readonly<{ kind: 'gateway' | 'worker' | 'sweeper' } | { kind: 'provider'; name: string }>;

/** `curfew up [--role …]` */
export const upCommand = (): Command =>
  new Command('up')
    .description('run Curfew on real parts: all of it, or one role of it')
    .option(
      '--role <role>',
      'gateway (Slack), worker (workflows), provider:<name> (one provider), sweeper; repeat for several',
      (text: string, before: readonly Role[]) => [...before, parseRole(text)],
      [] as readonly Role[],
    )
    .addHelpText(
      'after',
      `
Without --role all roles run in this process. Split, the gateway holds no cloud credential and each
provider's process holds only its own. More of the same process is how it scales.

  curfew up                                    everything, for a small team
  curfew up --role gateway                     Slack only
  curfew up --role worker --role sweeper       no Slack, no provider's queue
  curfew up --role provider:aws-iam            one provider's grants and removals

Needs DATABASE_URL, TEMPORAL_ADDRESS, the SLACK_ settings, CURFEW_CONFIG and CURFEW_SECRET_KEY.`,
    )
    .action(async ({ role: roles }: { role: readonly Role[] }) => {
      const settings = settingsOrStop();
      const parts = givenParts(settings);
      if (!parts)
        throw new Stop(
          'usage',
          '"curfew up" runs on real parts, and some are not named.\n  to do: set DATABASE_URL, TEMPORAL_ADDRESS, SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_CHANNEL, CURFEW_CONFIG and CURFEW_SECRET_KEY; or run "curfew demo", which brings its own.',
        );
      const stopped = untilStopped();
      const log = openLog(settings.logLevel);
      const deps = wire(parts, { split: roles.length > 0 });
      const has = (kind: Role['kind']) => roles.length === 0 || roles.some((role) => role.kind === kind);
      const providers =
        roles.length === 0
          ? [...deps.providers.keys()]
          : roles.flatMap((role) => (role.kind === 'provider' ? [role.name] : []));
      for (const name of providers)
        if (!deps.providers.has(name)) throw new Stop('usage', `The provider "${name}" is not configured.`);

      const running: Starting[] = [];
      if (has('sweeper')) running.push(startSweeper(deps, log, settings.sweepSeconds));
      if (has('worker') || providers.length > 0)
        running.push(startWorker(parts, deps, log, { workflows: has('worker'), providers }));
      if (has('gateway')) running.push(startGateway(parts, deps, log));
      void Promise.all(running.map(({ ready }) => ready)).then(() =>
        log.info({ roles: roles.length === 0 ? 'all' : roles, providers }, 'running'),
      );
      await stopped;
      for (const each of running.reverse()) await each.stop();
      await deps.ledger.close();
      log.info('stopped');
      process.exit(0);
    });

function parseRole(text: string): Role {
  const [kind, name] = text.split(':', 2);
  if (kind === 'provider' && name) return { kind, name };
  if (kind === 'gateway' || kind === 'worker' || kind === 'sweeper') return { kind };
  throw new InvalidArgumentError('It is gateway, worker, sweeper or provider:<name>.');
}

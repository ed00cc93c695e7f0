import { Command } from 'commander';
import { addRole, type Role } from '../terminal/role-option.ts';

/** `curfew up [--role …]` */
export const upCommand = (): Command =>
  new Command('up')
    .description('run Curfew with real services: all roles, or some of them')
    .option(
      '--role <role>',
      'gateway (Slack), worker (decisions and workflows), provider:<name> (one provider), sweeper, sequencer (the audit log), streamer (to a SIEM), console (pages in a browser); repeat for several',
      addRole,
      [] as readonly Role[],
    )
    .addHelpText(
      'after',
      `
Without --role all roles run in this process. With separate processes the gateway has no cloud credential, and the
process of a provider has only its own. To scale, run more processes of the same role.

  curfew up                                    all roles, for a small team
  curfew up --role gateway                     Slack only
  curfew up --role worker --role sweeper       neither Slack nor a provider
  curfew up --role provider:aws-iam            the grants and revocations of one provider
  curfew up --role sequencer                   the audit log; nothing is granted while none runs
  curfew up --role streamer                    sends what is in the audit log to a SIEM
  curfew up --role console                     the pages for auditors, approvers and everybody

A part that cannot start says why in the log and is tried again, while the others run.

Every role needs DATABASE_URL, CURFEW_CONFIG and CURFEW_SECRET_KEY. The worker and the providers need TEMPORAL_ADDRESS.
Only the gateway needs the SLACK_ settings. Clicks wait until a worker decides them. A provider needs its key in
CURFEW_UNDO_KEYS, and only the processes of this provider and the sweeper may have it. It also needs CURFEW_LOG_NAME and
CURFEW_LOG_PUBLIC_KEYS. Only the sequencer has CURFEW_LOG_KEYS. The
streamer needs CURFEW_STREAM, CURFEW_LOG_NAME and CURFEW_LOG_PUBLIC_KEYS. Only the console has the CURFEW_OIDC_
settings. It needs CURFEW_LOG_NAME and CURFEW_LOG_PUBLIC_KEYS to check the audit log.`,
    )
    .action(async ({ role }: { role: readonly Role[] }) => (await import('../actions/up.ts')).runUp(role));

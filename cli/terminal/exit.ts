import { Fault, FAULTS } from '../../core/faults.ts';
import { LaunchError } from '../../sandbox/launch/trouble.ts';

/** The exit codes, for scripts. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  verificationFailed: 5,
} as const;

/** The expected failure of a command, with a message for the user and an exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: (typeof EXIT)[keyof typeof EXIT];

  constructor(code: keyof typeof EXIT, message: string) {
    super(message);
    this.code = EXIT[code];
  }
}

/** Ends the process with one message: what happened, and what to do. An expected failure has no stack trace. */
export function fail(error: unknown): never {
  process.stderr.write(`\n${messageFor(error)}\n`);
  process.exit(error instanceof CommandError ? error.code : EXIT.failed);
}

function messageFor(error: unknown): string {
  if (error instanceof CommandError || error instanceof LaunchError) return error.message;
  if (error instanceof Fault && error.code === 'ledger-unavailable')
    return `The ledger does not answer.\n  where: ${error.message}\n  to do: start Curfew with "npm start", or look at DATABASE_URL.`;
  if (error instanceof Fault) return `${FAULTS[error.code].text}\n  (${error.message})`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

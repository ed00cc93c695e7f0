import { OverLimit } from '../../core/person-limits.ts';
import { Fault, FAULTS } from '../../core/faults.ts';
import { oneLine, visible } from '../../core/text.ts';
import { UserFacingError } from '../../app/errors.ts';

/** The exit codes of every command. Scripts rely on them. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  verificationFailed: 5,
  notProven: 6,
} as const;

/** A command cannot do what was requested. Holds the message for the person and the exit code for scripts. */
export class CommandError extends UserFacingError {
  override readonly name = 'CommandError';
  readonly code: (typeof EXIT)[keyof typeof EXIT];

  constructor(code: keyof typeof EXIT, message: string) {
    super(message);
    this.code = EXIT[code];
  }
}

/** Ends the process with one message: what happened, and what to do. An expected error shows no stack. */
export function fail(error: unknown): never {
  process.stderr.write(`\n${visible(messageFor(error))}\n`);
  process.exit(error instanceof CommandError ? error.code : EXIT.failed);
}

function messageFor(error: unknown): string {
  if (error instanceof UserFacingError || error instanceof OverLimit) return error.message;
  if (error instanceof Fault && error.code === 'ledger-unavailable')
    return `The ledger does not answer.\n  where: ${oneLine(error.message)}\n  to do: start Curfew with "npm start", or look at DATABASE_URL.`;
  if (error instanceof Fault) return `${FAULTS[error.code].text}\n  (${oneLine(error.message)})`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { openLogPlaces } from '../../app/log-places.ts';
import type { OrderedBy } from '../../audit/copy.ts';
import { type ExportedLog, exportLog } from '../../audit/export.ts';
import { parsePlaces } from '../../audit/places/parse-places.ts';
import type { VerifierKey } from '../../audit/note/vkey.ts';
import { messageOf } from '../../core/faults.ts';
import { CommandError } from '../terminal/exit.ts';
import { personOfLogin } from '../terminal/known-names.ts';
import { type LogContext, withLog } from '../terminal/log-context.ts';
import { writeLine } from '../terminal/output.ts';

/** `curfew audit export` */
export const runExport = (folder: string): Promise<void> =>
  withLog(async (context) => {
    const { ledger, trusted } = context;
    const path = resolve(folder);
    const exported = await exportLog(ledger, path, await exportedLog(context)).catch((error: unknown) => {
      throw new CommandError('failed', `The log was not exported: ${messageOf(error)}.\n  where: ${path}`);
    });
    const { size, checkpoints } = exported;
    writeLine(`${counted(size, 'entry', 'entries')}, ${counted(checkpoints, 'checkpoint')}: ${path}`);
    writeLine('');
    writeLine('Verify it offline, with a public key that you have from somebody you trust:');
    writeLine(verifyLine(path, trusted));
  });

/**
 * Who orders a copy at the command line: the person whose login this is in people.yaml, or else "unix:" and the login, which is the id of nobody. The log has
 * it for ever, and an id may name nobody.
 */
export async function orderedBy({ config }: Pick<LogContext, 'config'>): Promise<OrderedBy> {
  const login = userInfo().username;
  return { by: (await personOfLogin(config, login)) ?? `unix:${login}`, via: 'cli' };
}

/** What an export says of the log besides its entries. */
export async function exportedLog(context: LogContext): Promise<ExportedLog> {
  const { log, trusted } = context;
  const places = await newestNotes(context);
  const witnesses = witnessesOf(log.places);
  return { name: log.name, trusted, witnesses, places, exportedAt: new Date() };
}

/** The line that verifies a folder. */
export const verifyLine = (path: string, trusted: LogContext['trusted'], more = ''): string =>
  `  curfew audit verify ${quoted(path)}${trusted.map(({ text }) => ` --key ${quoted(text)}`).join('')}${more}`;

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** A word as a shell reads it. */
const quoted = (text: string): string =>
  /^[\w./+=@:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const ANSWER_MS = 10_000;

/** The newest note of each place that answers. One that does not answer is named. */
async function newestNotes({ log, home }: LogContext): Promise<ReadonlyMap<string, string>> {
  const notes = new Map<string, string>();
  if (log.places === undefined) return notes;
  for (const place of await openLogPlaces(log, { home })) {
    try {
      const note = await place.newest(AbortSignal.timeout(ANSWER_MS));
      if (note !== undefined && note !== '') notes.set(place.name, note);
    } catch (error) {
      writeLine(`Without the checkpoint of the ${place.name}: ${messageOf(error)}.`);
    }
  }
  return notes;
}

const witnessesOf = (places = ''): readonly VerifierKey[] => {
  const parsed = parsePlaces(places);
  return parsed.ok ? parsed.value.flatMap((place) => (place.kind === 'witness' ? [place.key] : [])) : [];
};

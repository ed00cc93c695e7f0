import type { Instant, MassEndingId } from '../../core/ids.ts';
import { shortOf } from '../../core/ids.ts';
import type { Ledger, ScopedRequest } from '../../ledger/index.ts';
import { elsewherePhrase } from '../../wording/elsewhere.ts';
import { elsewhereOf, isDone, latePhrase, progressPhrase } from '../../wording/mass-endings.ts';
import { utcMinute } from '../../wording/text.ts';
import { printable, writeJson, writeLine } from '../terminal/output.ts';
import { terminalText } from '../terminal/phrase.ts';
import { stoppableWait } from '../terminal/signals.ts';
import { STATE_STYLES } from '../terminal/style.ts';
import type { Column } from '../terminal/table.ts';

/** What a mass ending would end, request by request. */
export const CONTENT_COLUMNS: readonly Column<ScopedRequest>[] = [
  { heading: 'REQUEST', text: ({ id }) => shortOf(id), style: () => 'bold' },
  { heading: 'WHO', text: ({ requester }) => requester, least: 6 },
  { heading: 'WHAT', text: ({ entitlement }) => entitlement, least: 10 },
  { heading: 'WHERE', text: ({ providers }) => providers.join(', '), least: 8 },
  { heading: 'STATE', text: ({ state }) => state, style: ({ state }) => STATE_STYLES[state] },
  { heading: 'UNTIL', text: ({ endsAt }) => (endsAt === null ? null : utcMinute(endsAt as Instant)) },
];

const LOOK_MS = 500;
// ECMA-48: erase to the end of a line.
const END_OF_LINE = '\u001b[K';

/**
 * Shows how far a mass ending is until all of it is over: one line that is drawn again on a terminal, or else a line of JSON after each
 * change. Ctrl-C stops the display only.
 */
export async function showProgress(
  ledger: Pick<Ledger, 'massEndingProgress'>,
  id: MassEndingId,
): Promise<void> {
  const isTerminal = process.stdout.isTTY === true;
  const wait = stoppableWait(LOOK_MS);
  let last = '';
  for (;;) {
    const progress = await ledger.massEndingProgress(id);
    const json = JSON.stringify({ mass_ending: id, done: isDone(progress), ...progress });
    const text = printable(terminalText(progressPhrase(progress)));
    const width = isDone(progress) ? text.length : (process.stdout.columns || 80) - 1; // Only one row can be drawn again.
    if (!isTerminal && json !== last) writeJson(json);
    if (isTerminal) process.stdout.write(`\r${text.slice(0, width)}${END_OF_LINE}`);
    last = json;
    if (isDone(progress)) {
      if (!isTerminal) return;
      writeLine('');
      return writeElsewhere(progress);
    }
    if (await wait()) {
      if (!isTerminal) return;
      writeLine('');
      writeElsewhere(progress);
      for (const each of progress.late) writeLine(`late: ${printable(terminalText(latePhrase(each)))}`);
      return writeLine('Curfew goes on. The cards in Slack and "curfew list" show the rest.');
    }
  }
}

/** What goes on at the providers. */
function writeElsewhere(progress: Parameters<typeof elsewhereOf>[0]): void {
  for (const each of elsewhereOf(progress)) writeLine(printable(terminalText(elsewherePhrase(each))));
}

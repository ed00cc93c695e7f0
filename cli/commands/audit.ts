import { Command } from 'commander';
import { eventDetail, eventPhrase } from '../../wording/events.ts';
import { phrase } from '../../wording/phrase.ts';
import type { Event } from '../../core/request/events.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import { describedTarget } from '../../core/target.ts';
import type { NumberedEvent } from '../../ledger/index.ts';
import { withContext } from '../terminal/context.ts';
import { CommandError } from '../terminal/exit.ts';
import { requestNamed } from '../terminal/request-argument.ts';
import { type Format, printable, outputOption, print, rfc3339, utc } from '../terminal/output.ts';
import { targetLines } from '../terminal/targets.ts';
import { terminalText } from '../terminal/phrase.ts';

/** `curfew audit story <request>` */
export const auditCommand = (): Command =>
  new Command('audit').description('read the audit trail').addCommand(
    new Command('story')
      .description('all events of a request, from the request to the receipt that its access is gone')
      .argument('<request>', 'the id of the request, or its last letters')
      .addOption(outputOption())
      .addHelpText('after', '\n  curfew audit story 8n0p4x7q\n  curfew audit story 8n0p4x7q --output jsonl')
      .action((text: string, { output }: { output: Format }) =>
        withContext(async ({ deps }) => {
          const { ledger } = deps;
          const request = await requestNamed(ledger, text);
          const trail = await ledger.readTrail(request);
          if (trail.length === 0)
            throw new CommandError(
              'notFound',
              `There is no request ${text}. "curfew list --all" shows all requests.`,
            );
          if (output !== 'table') return print(trail.map(rowOf(request)), output, {}, '');
          const state = stateAfter(trail.map(({ event }) => event));
          const [freeText, shown, leases] = await Promise.all([
            ledger.readFreeText(request),
            state.kind === 'blank' ? undefined : ledger.readShown(request),
            ledger.leasesOf(request),
          ]);
          console.log(`Request ${request}`);
          if (freeText.reason !== undefined) console.log(`Reason: ${printable(freeText.reason)}`);
          if (freeText.denial !== undefined)
            console.log(`Reason of the denial: ${printable(freeText.denial)}`);
          for (const [index, target] of (shown?.targets ?? []).entries()) {
            const lease = leases[index] ? `${leases[index].id}: ` : '';
            console.log(`Access: ${lease}${targetLines(describedTarget(target)).join('\n  ')}`);
          }
          console.log('');
          const title = state.kind === 'blank' ? '' : state.details.entitlement;
          const rows = trail.map(({ event, via }) => ({
            at: utc(event.at),
            via,
            what: eventLine(event, title),
          }));
          print(rows, output, { at: 'WHEN (UTC)', via: 'VIA', what: 'WHAT HAPPENED' }, '');
          console.log(`\nState: ${state.kind === 'blank' ? 'refused' : state.kind}`);
        }),
      ),
  );

const rowOf =
  (request: string) =>
  ({ seq, event, via }: NumberedEvent) => ({
    request,
    seq,
    at: rfc3339(event.at),
    kind: event.kind,
    via,
    by: 'by' in event ? event.by : event.kind === 'requested' ? event.details.requester : null,
    body: JSON.stringify(event),
  });

/** One event in a sentence for an auditor, with ids instead of names. `--output jsonl` prints the whole event. */
export function eventLine(event: Event, title: string): string {
  const detail = eventDetail(event);
  return terminalText(
    detail.length === 0 ? eventPhrase(event, title) : phrase`${eventPhrase(event, title)} ${detail}`,
  );
}

import { Command } from 'commander';
import { describeTarget } from '../../requests/view.ts';
import { refusalText } from '../../wording/refusals.ts';
import { endingText } from '../../wording/phrases.ts';
import { formatDuration } from '../../core/duration.ts';
import type { PersonId } from '../../core/ids.ts';
import type { Event } from '../../core/request/events.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import { unreachable } from '../../core/result.ts';
import type { NumberedEvent } from '../../ledger/index.ts';
import { withContext } from '../terminal/context.ts';
import { CommandError } from '../terminal/exit.ts';
import { requestNamed } from '../terminal/request-argument.ts';
import { type Format, fromSlack, inTerminal, outputOption, print, rfc3339, utc } from '../terminal/output.ts';

/** `curfew audit story <request>` */
export const auditCommand = (): Command =>
  new Command('audit').description('answers for auditors').addCommand(
    new Command('story')
      .description('the whole story of a request: asked, judged, approved by whom, granted, ended, receipt')
      .argument('<request>', 'its id, or the last letters of it')
      .addOption(outputOption())
      .addHelpText('after', '\n  curfew audit story 8n0p4x7q\n  curfew audit story 8n0p4x7q --output jsonl')
      .action((text: string, { output }: { output: Format }) =>
        withContext(async ({ deps }) => {
          const { ledger } = deps;
          const request = await requestNamed(ledger, text);
          const trail = await ledger.readTrail(request);
          if (trail.length === 0)
            throw new CommandError('notFound', `There is no request ${text}. "curfew list" shows them.`);
          if (output !== 'table') return print(trail.map(rowOf(request)), output, {}, '');
          const [words, leases] = await Promise.all([ledger.readFreeText(request), ledger.leasesOf(request)]);
          const state = stateAfter(trail.map(({ event }) => event));
          console.log(`Request ${request}`);
          if (words.reason !== undefined) console.log(`Why: ${inTerminal(words.reason)}`);
          if (words.denial !== undefined) console.log(`Why not: ${inTerminal(words.denial)}`);
          for (const { id, target } of leases) {
            const { plain } = describeTarget(
              target.provider,
              deps.providers.get(target.provider),
              target.spec,
            );
            console.log(inTerminal(`What: ${id}: ${plain}`));
          }
          console.log('');
          print(trail.map(lineOf), output, { at: 'WHEN (UTC)', via: 'THROUGH', what: 'WHAT HAPPENED' }, '');
          console.log(`\nNow: ${state.kind === 'blank' ? 'never opened' : state.kind}`);
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

const lineOf = ({ event, via }: NumberedEvent) => ({ at: utc(event.at), via, what: tale(event) });
const byId = (person: PersonId): string => person;

/** One event in a sentence for an auditor: ids, not names. The whole of it is in `--output jsonl`. */
export function tale(event: Event): string {
  switch (event.kind) {
    case 'requested': {
      const { requester, entitlement, minutes } = event.details;
      return `${requester} asked for ${entitlement} for ${formatDuration(minutes)}`;
    }
    case 'judged': {
      const { stages, policy, lapsesAt } = event.requirements;
      const route = stages.map(
        ({ needs, approvers }) =>
          `${needs} of ${approvers.map(({ person, because }) => `${person} (${because})`).join(', ')}`,
      );
      return `judged by policy ${policy.slice(0, 12)}: needs ${route.join('; then ')}; lapses ${utc(lapsesAt)}`;
    }
    case 'approved':
      return `${event.by} approved exactly that (digest ${event.digest.slice(0, 12)})`;
    case 'grant-started':
      return `the end is fixed: ${utc(event.endsAt)}`;
    case 'intended':
      return `${event.lease}: about to give "${event.level}" to ${event.subject}, who had "${event.prior}" before`;
    case 'granted':
      return `${event.lease}: given, and read back: ${event.seen}`;
    case 'activated':
      return 'active';
    case 'delivered':
      return `${event.by} took the password of ${event.lease}`;
    case 'revoke-started':
      return `taking it away: ${fromSlack(endingText(event.ending, byId))}`;
    case 'revoked':
      return `${event.lease}: taken away, and read back: ${event.seen}${event.note ? ` (${event.note})` : ''}`;
    case 'closed':
      return `closed: ${fromSlack(endingText(event.ending, byId))}`;
    case 'refused':
      return `${event.by ?? 'somebody unknown'} tried to ${event.tried} and was refused (${event.refusal.code}): ${fromSlack(refusalText(event.refusal, byId, event.tried))}`;
    default:
      return unreachable(event);
  }
}

import { Command } from 'commander';
import { describe } from '../../requests/view.ts';
import { refusalText } from '../../wording/refusals.ts';
import { endingText } from '../../wording/phrases.ts';
import { formatDuration } from '../../core/duration.ts';
import type { PersonId } from '../../core/ids.ts';
import { type Event, stateOf } from '../../core/request/request.ts';
import { unreachable } from '../../core/result.ts';
import type { Numbered } from '../../ledger/index.ts';
import { withContext } from '../terminal/context.ts';
import { Stop } from '../terminal/exit.ts';
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
            throw new Stop('notFound', `There is no request ${text}. "curfew list" shows them.`);
          if (output !== 'table') return print(trail.map(rowOf(request)), output, {}, '');
          const [words, leases] = await Promise.all([ledger.readWords(request), ledger.leasesOf(request)]);
          const state = stateOf(trail.map(({ event }) => event));
          console.log(`Request ${request}`);
          if (words.reason !== undefined) console.log(`Why: ${inTerminal(words.reason)}`);
          if (words.denial !== undefined) console.log(`Why not: ${inTerminal(words.denial)}`);
          for (const { id, target } of leases) {
            const { plain } = describe(target.provider, deps.providers.get(target.provider), target.target);
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
  ({ seq, event, via }: Numbered) => ({
    request,
    seq,
    at: rfc3339(event.at),
    kind: event.kind,
    via,
    by: 'by' in event ? event.by : event.kind === 'asked' ? event.ask.requester : null,
    body: JSON.stringify(event),
  });

const lineOf = ({ event, via }: Numbered) => ({ at: utc(event.at), via, what: tale(event) });
const byId = (person: PersonId): string => person;

/** One event in a sentence for an auditor: ids, not names. The whole of it is in `--output jsonl`. */
export function tale(event: Event): string {
  switch (event.kind) {
    case 'asked': {
      const { requester, entitlement, minutes } = event.ask;
      return `${requester} asked for ${entitlement} for ${formatDuration(minutes)}`;
    }
    case 'judged': {
      const { stages, policy, lapsesAt } = event.demand;
      const route = stages.map(
        ({ needs, approvers }) =>
          `${needs} of ${approvers.map(({ person, because }) => `${person} (${because})`).join(', ')}`,
      );
      return `judged by policy ${policy.slice(0, 12)}: needs ${route.join('; then ')}; lapses ${utc(lapsesAt)}`;
    }
    case 'approved':
      return `${event.by} approved exactly that (digest ${event.digest.slice(0, 12)})`;
    case 'grant-started':
      return `the end is fixed: ${utc(event.end)}`;
    case 'intended':
      return `${event.lease}: about to give "${event.level}" to ${event.subject}, who had "${event.prior}" before`;
    case 'granted':
      return `${event.lease}: given, and read back: ${event.seen}`;
    case 'activated':
      return 'active';
    case 'delivered':
      return `${event.by} took the password of ${event.lease}`;
    case 'revoke-started':
      return `taking it away: ${fromSlack(endingText(event.because, byId))}`;
    case 'removed':
      return `${event.lease}: taken away, and read back: ${event.seen}${event.note ? ` (${event.note})` : ''}`;
    case 'closed':
      return `closed: ${fromSlack(endingText(event.because, byId))}`;
    case 'refused':
      return `${event.by ?? 'somebody unknown'} tried to ${event.tried} and was refused (${event.refusal.code}): ${fromSlack(refusalText(event.refusal, byId, event.tried))}`;
    default:
      return unreachable(event);
  }
}

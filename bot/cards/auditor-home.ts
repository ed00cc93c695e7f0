import type { HomeView, KnownBlock } from '@slack/types';
import { shortOf } from '../../core/ids.ts';
import type { AccessList } from '../../requests/access-questions.ts';
import type { AuditorOverview } from '../../requests/auditor-overview.ts';
import { accessRow, refusedRow } from '../../wording/access-answers.ts';
import { emphasis, instant, phrase } from '../../wording/phrase.ts';
import { context, divider, header, moreLine, paragraph, section } from './elements.ts';

/** How many entries of each part are shown. The others are counted. */
export const OVERVIEW_ENTRIES = 8;

/** The Home of an auditor who requests and approves nothing: what there is to look at, and the questions to ask. */
export function auditorHome(name: string, overview: AuditorOverview): HomeView {
  const { live, pending, closed, refused, nameOf } = overview;
  return {
    type: 'home',
    blocks: [
      header(`Hello ${name.split(' ')[0] ?? name}`),
      ...overviewBlocks(overview),
      ...part(
        'Live access, the soonest end first',
        live,
        'Nobody has access now.',
        '`/access live` shows them',
      ),
      ...part(
        'Pending requests',
        pending,
        'No request waits for its approvers.',
        '`curfew list --state pending` at the terminal shows them',
      ),
      ...part(
        'Closed in the last 24 hours',
        closed,
        'No request was closed.',
        '`curfew list --state closed` at the terminal shows them',
      ),
      divider,
      header('Refused in the last 24 hours'),
      ...(refused.count === 0
        ? [context('Nobody was refused anything.')]
        : refused.attempts.map((attempt) => paragraph(refusedRow(attempt), nameOf))),
      ...moreLine(refused.count - refused.attempts.length, '`/access story` shows those of one request'),
      divider,
      header('Questions'),
      section(
        questionsAbout(overview)
          .map(([command, does]) => `\`${command}\`  ${does}`)
          .join('\n'),
      ),
    ],
  };
}

/** The numbers that an auditor looks at first, and when they were read: Home is not drawn again by itself. */
export function overviewBlocks({
  live,
  pending,
  closed,
  refused,
  at,
}: AuditorOverview): readonly KnownBlock[] {
  const now = [`${live.count} live, ${pending.count} pending`];
  const lately = [`${counted(closed.count, 'request')} closed, ${counted(refused.count, 'attempt')} refused`];
  return [
    paragraph(
      phrase`${emphasis(['Now'])}: ${now}. ${emphasis(['In the last 24 hours'])}: ${lately}.\n${instant(at, 'As of ')}. Open Home again to see the newest.`,
    ),
  ];
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const part = (
  title: string,
  { views, count }: AccessList,
  ifEmpty: string,
  howToSeeMore: string,
): readonly KnownBlock[] => [
  divider,
  header(title),
  ...(count === 0 ? [context(ifEmpty)] : views.map((view) => paragraph(accessRow(view), view.nameOf))),
  ...moreLine(count - views.length, howToSeeMore),
];

/** The questions that an auditor can ask, about what this Home shows when it shows something. */
function questionsAbout({ live, pending, closed }: AuditorOverview): readonly (readonly [string, string])[] {
  const [view] = [...live.views, ...pending.views, ...closed.views];
  const { entitlement = 'orders-db', requester = 'ana' } = view?.state.details ?? {};
  const request = view ? shortOf(view.id) : '8n0p4x7q';
  return [
    [`/access who ${entitlement}`, 'who has it, until when, approved by whom'],
    [`/access who has ${requester}`, 'what a person has'],
    ['/access live', 'all live access'],
    [`/access story ${request}`, 'everything that happened to a request'],
    [`curfew audit story ${request}`, 'the same at the terminal, also as JSON'],
  ];
}

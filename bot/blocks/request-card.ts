import type { KnownBlock } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import type { PersonId } from '../../core/ids.ts';
import { currentStage } from '../../core/request/stages.ts';
import type { RequestState } from '../../core/request/state.ts';
import { unreachable } from '../../core/result.ts';
import type { RequestView } from '../../requests/view.ts';
import { escaped, list, moment } from '../../wording/text.ts';
import { endingText, type NameOf } from '../../wording/phrases.ts';
import { actions, bytesOf, context, quote, section, SLACK } from './elements.ts';
import { buttonsFor, deciderButtons } from './buttons.ts';
import { enforcement, grants } from './targets.ts';

/** A message as it is posted: blocks for the eye, one full sentence for a screen reader and a notification. */
export type RenderedMessage = Readonly<{ text: string; blocks: KnownBlock[] }>;

export const mention =
  (who: RequestView['nameOf']): NameOf =>
  (person) => {
    const { slack, name } = who(person);
    return slack ? `<@${slack}>` : escaped(name);
  };
const called =
  (who: RequestView['nameOf']): NameOf =>
  (person) =>
    escaped(who(person).name);

/**
 * The request in one place of those who decide: the channel, or `reader`'s direct messages. Redrawn whole after
 * every step; a decided one has no live buttons.
 */
export function requestCard(facts: RequestView, reader?: PersonId): RenderedMessage {
  const { state, nameOf, reason, targets } = facts;
  const { requester, minutes } = state.details;
  const spell = mention(nameOf);
  const heading = `*What they could do*${facts.about ? `\n${escaped(facts.about)}` : ''}`;
  return {
    text: `${called(nameOf)(requester)} asks for ${escaped(facts.title)} for ${formatDuration(minutes)}: ${statusText(facts, called(nameOf))}`,
    blocks: around(
      [
        section(`*${spell(requester)} asks for ${escaped(facts.title)}* for *${formatDuration(minutes)}*`),
        quote(reason, WORDS),
      ],
      (room) => grants(heading, targets, room),
      [
        context(...enforcement(targets)),
        section(`${ICON[state.kind]} ${statusText(facts, spell)}`),
        ...(facts.denial === undefined ? [] : [quote(facts.denial, WORDS)]),
        ...(state.kind === 'pending' ? [context(whyYou(facts, reader), silence(facts))] : []),
        ...actions('decide', reader === undefined ? deciderButtons(facts) : buttonsFor(facts, reader)),
      ],
    ),
  };
}

// Bytes of what somebody wrote, which must leave room for what is asked for. A thousand letters fit, or 500 emoji.
const WORDS = 2_000;

/** Blocks in the middle that take the room which the others leave them. */
const around = (
  before: readonly KnownBlock[],
  middle: (room: number) => readonly KnownBlock[],
  after: readonly KnownBlock[],
): KnownBlock[] => [...before, ...middle(SLACK.message - bytesOf([...before, ...after])), ...after];

/** The request in the requester's direct messages: the receipt of their asking, and their own buttons. */
export function receipt(facts: RequestView): RenderedMessage {
  const { state, nameOf, reason, targets } = facts;
  const spell = mention(nameOf);
  const head = `*${escaped(facts.title)}* for *${formatDuration(state.details.minutes)}*`;
  return {
    text: `Your request for ${escaped(facts.title)}: ${statusText(facts, called(nameOf))}`,
    blocks: around(
      [
        section(`${ICON[state.kind]} ${head}\n${statusText(facts, spell)}`),
        quote(reason, WORDS),
        ...(facts.denial === undefined
          ? []
          : [context(`What ${spell(decider(state))} wrote:`), quote(facts.denial, WORDS)]),
        ...(state.kind === 'pending' ? [context(silence(facts))] : []),
      ],
      (room) => (state.kind === 'active' ? grants('*What you can do now*', targets, room) : []),
      [
        ...(facts.secrets.length > 0
          ? [context('Your password is shown to you once, and to nobody else.')]
          : []),
        ...(state.kind === 'closed' ? [context(again(facts))] : []),
        ...actions('mine', buttonsFor(facts, state.details.requester)),
      ],
    ),
  };
}

/** No meaning by sign alone: each stands before words that say the same. */
const ICON: Record<RequestView['state']['kind'], string> = {
  pending: ':hourglass_flowing_sand:',
  granting: ':gear:',
  active: ':large_green_circle:',
  revoking: ':gear:',
  closed: ':white_circle:',
};

/** How the request stands, in one sentence. A new state does not compile until it is said here. */
export function statusText({ state, title }: RequestView, spell: NameOf): string {
  switch (state.kind) {
    case 'pending': {
      const stage = state.requirements.stages[currentStage(state)];
      const said = state.approvals.map(({ by }) => spell(by));
      const of = stage && stage.needs > 1 ? ` ${said.length} of ${stage.needs} have said yes.` : '';
      return `Waiting for an answer from ${list(
        stage?.approvers
          .map(({ person }) => person)
          .filter((person) => !state.approvals.some(({ by }) => by === person))
          .map(spell) ?? [],
        'or',
      )}.${of}`;
    }
    case 'granting':
      return `Approved by ${list(state.approvals.map(({ by }) => spell(by)))}. Giving access now; ${moment(state.endsAt, 'it ends ')}.`;
    case 'active':
      return `*${moment(state.endsAt, 'Active until ')}.* Approved by ${list(state.approvals.map(({ by }) => spell(by)))}.`;
    case 'revoking':
      return `Taking access away: ${endingText(state.ending, spell)}. We keep trying until we have seen it gone.`;
    case 'closed':
      return `${moment(state.at, 'Closed ')}: ${endingText(state.ending, spell)}.${revokedText(state, title)}`;
    default:
      return unreachable(state);
  }
}

const revokedText = (state: Extract<RequestState, { kind: 'closed' }>, title: string): string =>
  state.endsAt === undefined
    ? ' No access was given.'
    : ` What it gave of ${escaped(title)} is taken away; we looked.`;

function whyYou({ state, nameOf }: RequestView, reader: PersonId | undefined): string {
  if (state.kind !== 'pending') return '';
  const approvers = state.requirements.stages[currentStage(state)]?.approvers ?? [];
  const mine = approvers.find(({ person }) => person === reader);
  if (mine) return `You are asked because you ${yours(mine.because)}.`;
  return `Asked: ${list(approvers.map(({ person, because }) => `${called(nameOf)(person)} (${escaped(because)})`))}.`;
}

/** "owns X" said to the owner: "own X". */
const yours = (because: string): string =>
  escaped(because)
    .replace(/^owns /, 'own ')
    .replace(/^is /, 'are ');

const silence = ({ state }: RequestView): string =>
  state.kind === 'pending'
    ? `If nobody answers ${moment(state.requirements.lapsesAt, 'by ')}, the request lapses and nothing is granted.`
    : '';

const again = ({ state }: RequestView): string => `Need it again? \`/access ${state.details.entitlement}\``;

const decider = (state: RequestView['state']): PersonId =>
  state.kind === 'closed' && state.ending.kind === 'denied' ? state.ending.by : state.details.requester;

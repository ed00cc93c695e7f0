import type { KnownBlock } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import type { PersonId } from '../../core/ids.ts';
import { currentStage, type RequestState } from '../../core/request/request.ts';
import { unreachable } from '../../core/result.ts';
import type { Facts } from '../../requests/view.ts';
import { escaped, list, moment } from '../../wording/text.ts';
import { endingText, type Spell } from '../../wording/phrases.ts';
import { actions, bytesOf, context, quote, section, SLACK } from './elements.ts';
import { buttonsFor, deciderButtons } from './buttons.ts';
import { enforcement, grants } from './targets.ts';

/** A message as it is posted: blocks for the eye, one full sentence for a screen reader and a notification. */
export type Drawn = Readonly<{ text: string; blocks: KnownBlock[] }>;

export const mention =
  (who: Facts['who']): Spell =>
  (person) => {
    const { slack, name } = who(person);
    return slack ? `<@${slack}>` : escaped(name);
  };
const called =
  (who: Facts['who']): Spell =>
  (person) =>
    escaped(who(person).name);

/**
 * The request in one place of those who decide: the channel, or `reader`'s direct messages. Redrawn whole after
 * every step; a decided one has no live buttons.
 */
export function requestCard(facts: Facts, reader?: PersonId): Drawn {
  const { state, who, reason, targets } = facts;
  const { requester, minutes } = state.ask;
  const spell = mention(who);
  const heading = `*What they could do*${facts.about ? `\n${escaped(facts.about)}` : ''}`;
  return {
    text: `${called(who)(requester)} asks for ${escaped(facts.title)} for ${formatDuration(minutes)}: ${standing(facts, called(who))}`,
    blocks: around(
      [
        section(`*${spell(requester)} asks for ${escaped(facts.title)}* for *${formatDuration(minutes)}*`),
        quote(reason, WORDS),
      ],
      (room) => grants(heading, targets, room),
      [
        context(...enforcement(targets)),
        section(`${SIGN[state.kind]} ${standing(facts, spell)}`),
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
export function receipt(facts: Facts): Drawn {
  const { state, who, reason, targets } = facts;
  const spell = mention(who);
  const head = `*${escaped(facts.title)}* for *${formatDuration(state.ask.minutes)}*`;
  return {
    text: `Your request for ${escaped(facts.title)}: ${standing(facts, called(who))}`,
    blocks: around(
      [
        section(`${SIGN[state.kind]} ${head}\n${standing(facts, spell)}`),
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
        ...actions('mine', buttonsFor(facts, state.ask.requester)),
      ],
    ),
  };
}

/** No meaning by sign alone: each stands before words that say the same. */
const SIGN: Record<Facts['state']['kind'], string> = {
  pending: ':hourglass_flowing_sand:',
  granting: ':gear:',
  active: ':large_green_circle:',
  revoking: ':gear:',
  closed: ':white_circle:',
};

/** How the request stands, in one sentence. A new state does not compile until it is said here. */
export function standing({ state, title }: Facts, spell: Spell): string {
  switch (state.kind) {
    case 'pending': {
      const stage = state.demand.stages[currentStage(state)];
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
      return `Approved by ${list(state.approvals.map(({ by }) => spell(by)))}. Giving access now; ${moment(state.end, 'it ends ')}.`;
    case 'active':
      return `*${moment(state.end, 'Active until ')}.* Approved by ${list(state.approvals.map(({ by }) => spell(by)))}.`;
    case 'revoking':
      return `Taking access away: ${endingText(state.because, spell)}. We keep trying until we have seen it gone.`;
    case 'closed':
      return `${moment(state.at, 'Closed ')}: ${endingText(state.because, spell)}.${gone(state, title)}`;
    default:
      return unreachable(state);
  }
}

const gone = (state: Extract<RequestState, { kind: 'closed' }>, title: string): string =>
  state.end === undefined
    ? ' No access was given.'
    : ` What it gave of ${escaped(title)} is taken away; we looked.`;

function whyYou({ state, who }: Facts, reader: PersonId | undefined): string {
  if (state.kind !== 'pending') return '';
  const approvers = state.demand.stages[currentStage(state)]?.approvers ?? [];
  const mine = approvers.find(({ person }) => person === reader);
  if (mine) return `You are asked because you ${yours(mine.because)}.`;
  return `Asked: ${list(approvers.map(({ person, because }) => `${called(who)(person)} (${escaped(because)})`))}.`;
}

/** "owns X" said to the owner: "own X". */
const yours = (because: string): string =>
  escaped(because)
    .replace(/^owns /, 'own ')
    .replace(/^is /, 'are ');

const silence = ({ state }: Facts): string =>
  state.kind === 'pending'
    ? `If nobody answers ${moment(state.demand.lapsesAt, 'by ')}, the request lapses and nothing is granted.`
    : '';

const again = ({ state }: Facts): string => `Need it again? \`/access ${state.ask.entitlement}\``;

const decider = (state: Facts['state']): PersonId =>
  state.kind === 'closed' && state.because.kind === 'denied' ? state.because.by : state.ask.requester;

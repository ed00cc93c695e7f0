import type { WebClient } from '@slack/web-api';
import type { QuestionWord } from '../../core/command-words.ts';
import type { PersonId } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import type { QuestionRefusal } from '../../core/question-refusals.ts';
import { unreachable } from '../../core/result.ts';
import type { ListPart } from '../../ledger/index.ts';
import type { Sight } from '../../policy/index.ts';
import {
  readAccessOf,
  readHolders,
  readLiveAccess,
  readOwnRequests,
} from '../../requests/access-questions.ts';
import { readStory } from '../../requests/story.ts';
import { personNames, readRequestPage } from '../../requests/view.ts';
import { questionRefusalPhrase } from '../../wording/access-answers.ts';
import {
  accessOfMessage,
  ANSWER_ENTRIES,
  CLOSED_ENTRIES,
  holdersMessage,
  liveMessage,
  ownRequestsMessage,
  WAITING_CARDS,
  waitingMessages,
} from '../cards/access-answers.ts';
import { phraseMessage, type RenderedMessage } from '../cards/rendered-message.ts';
import { storyMessage, pastAccessMessage } from '../cards/past-answers.ts';
import type { BotDeps } from '../deps.ts';
import type { SlackCaller } from './slack-inbox.ts';
import { timeZoneOf } from '../courier/time-zone.ts';
import { readerOf } from './reader.ts';
import { pastQuestion, type PastQuestion, readOtherAccess, readPast } from './who-at.ts';

/** A question as it was typed: its word, what it is about, and after how many entries the list begins. */
export type Question = Readonly<{ word: QuestionWord; about: string; from: number }>;

/** Parses what was typed after the word of a question: `orders-db`, or `orders-db from 21` for the next part of a list. */
export function parseQuestion(word: QuestionWord, typed: string): Question {
  const [, about = '', first] = /^([^]*?)(?:(?:^|\s+)from\s+(\d{1,6}))?$/i.exec(typed.trim()) ?? [];
  return { word, about: about.trim(), from: Math.max(Number(first ?? 1) - 1, 0) };
}

/** What an answer is made with. The client knows the time zone of the person. */
export type AnswerTools = Readonly<{ deps: BotDeps; client: WebClient }>;

/** The answer to a question, which only the person who asked sees. It can be several messages. */
export async function answerQuestion(
  { deps, client }: AnswerTools,
  caller: SlackCaller,
  question: Question,
): Promise<readonly RenderedMessage[]> {
  const reader = await readerOf(deps, caller);
  if (!reader.ok) return [phraseMessage([reader.error])];
  const past = question.word === 'who' ? pastQuestion(question.about) : undefined;
  return past
    ? [await answerPast(deps, reader.value, past, await timeZoneOf(client, caller.user))]
    : answerReader(deps, reader.value, question);
}

async function answerReader(
  deps: BotDeps,
  reader: PersonId,
  { word, about, from }: Question,
): Promise<readonly RenderedMessage[]> {
  const sight = await deps.policy.sightOf(reader);
  const nameOf = personNames(await deps.policy.lastKnown());
  const part = { from, most: ANSWER_ENTRIES };
  switch (word) {
    case 'who':
      return [await answerWho(deps, sight, about, part)];
    case 'mine': {
      const most = { open: LIMITS.openRequestsPerPerson, closed: CLOSED_ENTRIES };
      return [ownRequestsMessage(await readOwnRequests(deps, reader, most), nameOf)];
    }
    case 'waiting': {
      const page = await readRequestPage(deps, { waitingFor: reader, limit: WAITING_CARDS });
      return waitingMessages(page, reader);
    }
    case 'live':
      return [liveMessage(await readLiveAccess(deps, sight, part), nameOf, sight)];
    case 'story': {
      const story = await readStory(deps, sight, about);
      return [story.ok ? storyMessage(story.value, from) : refused(story.error)];
    }
    default:
      return unreachable(word);
  }
}

/** Who has an entitlement, or, after `has`, what a person has. */
async function answerWho(
  deps: BotDeps,
  sight: Sight,
  about: string,
  part: ListPart,
): Promise<RenderedMessage> {
  const nameOf = personNames(await deps.policy.lastKnown());
  const has = /^has(?:\s+([^]*))?$/i.exec(about);
  if (has) {
    const access = await readAccessOf(deps, sight, has[1] ?? '', part);
    if (!access.ok) return refused(access.error);
    const other = await readOtherAccess(deps, { has: true, id: access.value.person });
    return accessOfMessage(access.value, other, nameOf);
  }
  const holders = await readHolders(deps, sight, about, part);
  if (!holders.ok) return refused(holders.error);
  const other = await readOtherAccess(deps, { has: false, id: holders.value.entitlement });
  return holdersMessage(holders.value, other, nameOf);
}

/** Who had an entitlement at a moment, or what a person had. */
async function answerPast(
  deps: BotDeps,
  reader: PersonId,
  question: PastQuestion,
  timeZone: string,
): Promise<RenderedMessage> {
  const sight = await deps.policy.sightOf(reader);
  const answer = await readPast(deps, sight, question, { most: ANSWER_ENTRIES, timeZone });
  if (!answer.ok) return refused(answer.error);
  const { subject, ...past } = answer.value;
  const { id, title } = subject;
  const command = `curfew audit ${question.has ? 'held' : 'access'} ${id} --at ${new Date(past.at).toISOString()}`;
  return pastAccessMessage(
    { ...past, title, command, has: question.has },
    personNames(await deps.policy.lastKnown()),
  );
}

const refused = (refusal: QuestionRefusal): RenderedMessage =>
  phraseMessage([questionRefusalPhrase(refusal)]);

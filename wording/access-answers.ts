import { type PersonId, type RequestId, shortOf } from '../core/ids.ts';
import type { PastAccess, UnwatchedTime } from '../core/past-access.ts';
import type { QuestionRefusal } from '../core/question-refusals.ts';
import type { Event } from '../core/request/events.ts';
import { eventDetail, eventPhrase, refusedPhrase, type StoryOf } from './events.ts';
import { code, emphasis, instant, type Phrase, person, phrase, quoted } from './phrase.ts';
import { entitlementHint, unreadablePolicyPhrase } from './refusals.ts';
import { statusPhrase, type StatusFacts } from './status.ts';
import { targetWords } from './target-name.ts';

/** Why a question is not answered, and what to do. */
export function questionRefusalPhrase(refusal: QuestionRefusal): Phrase {
  switch (refusal.code) {
    case 'no-entitlement-named':
      return phrase`Name an entitlement, or a person after ${code('has')}: ${code('/access who orders-db')}, ${code('/access who has ana')}.`;
    case 'no-person-named':
      return phrase`Name a person, by their id or with a mention: ${code('/access who has ana')}.`;
    case 'no-request-named':
      return phrase`Name a request by the last letters of its id: ${code('/access story 8n0p4x7q')}. The lists of ${code('/access mine')} and ${code('/access live')} show the ids.`;
    case 'unknown-entitlement':
      return phrase`There is no entitlement “${quoted(refusal.entitlement)}”. ${entitlementHint(refusal)}`;
    case 'holders-not-visible':
      return phrase`You cannot see who has ${emphasis(quoted(refusal.title))}. Its owner, the people who can approve it, and the auditors can. ${code('/access mine')} shows what you have.`;
    case 'person-not-visible':
      return phrase`There is nobody “${quoted(refusal.typed)}” whose access you can see. You can see your own access, and that of the people whose manager you are. Auditors can see everybody's.${didYouMean(refusal)}`;
    case 'request-not-visible':
      return phrase`There is no request “${quoted(refusal.typed)}” that you can see. Its requester, its approvers, the owner of the entitlement, and the auditors can see a request. ${code('/access mine')} and ${code('/access live')} show the ids.`;
    case 'several-requests':
      return phrase`Several requests end with “${quoted(refusal.typed)}”. Type more letters of the id.`;
    case 'moment-unreadable':
      return phrase`${quoted(refusal.why)} For example: ${code('/access who orders-db at yesterday 14:00')}.`;
    case 'policy-unreadable':
      return phrase`${unreadablePolicyPhrase(refusal.why)} Until then you can see only your own requests and those that name you as an approver.`;
  }
}

const didYouMean = ({ nearest }: Readonly<{ nearest?: string }>): Phrase =>
  nearest === undefined ? [] : phrase` Did you mean ${code(nearest)}?`;

type Row = StatusFacts & Readonly<{ id: RequestId }>;

/** One request in a list: whose it is, for what, where it stands, and the letters with which its story is found. */
export const accessRow = (row: Row): Phrase => phrase`${person(row.state.details.requester)}: ${ownRow(row)}`;

/** The same without its title, for a list of one entitlement. */
export const holderRow = (row: Row): Phrase =>
  phrase`${person(row.state.details.requester)}: ${statusPhrase(row)} ${code(shortOf(row.id))}`;

/** The same without its requester, for a list of one person. */
export const ownRow = (row: Row): Phrase =>
  phrase`${emphasis(quoted(row.title))}. ${statusPhrase(row)} ${code(shortOf(row.id))}`;

const VIA: Readonly<Record<string, string>> = {
  slack: 'in Slack',
  cli: 'at the command line',
  console: 'in the console',
  workflow: 'automatically',
  sweeper: 'automatically, by the sweeper',
};

/** One event of a story: when, through what, what happened, and what an auditor needs besides. */
export function storyRow(event: Event, via: string, story: StoryOf): Phrase {
  const detail = eventDetail(event);
  return phrase`${whenAndWhere(event, via)}: ${eventPhrase(event, story)}${detail.length === 0 ? [] : phrase` ${detail}`}`;
}

type Refused = Readonly<{ request: RequestId; event: Extract<Event, { kind: 'refused' }>; via: string }>;

/** An attempt that was refused, in a list of several requests. */
export const refusedRow = ({ request, event, via }: Refused): Phrase =>
  phrase`${whenAndWhere(event, via)}: ${refusedPhrase(event)} ${code(shortOf(request))}`;

function whenAndWhere({ at }: Event, via: string): Phrase {
  const channel = VIA[via];
  return phrase`${emphasis(instant(at))} ${channel === undefined ? code(via) : [channel]}`;
}

/** What nobody knows, because Curfew had not looked then. */
export const unlookedPhrase = (unlooked: UnwatchedTime): Phrase =>
  unlooked === 'until-now'
    ? phrase`Curfew has not looked at all of this at the providers yet. It knows only what it granted.`
    : phrase`Curfew looked at all of this for the first time ${instant(unlooked)}. Of the time before, it knows only what it granted.`;

/** Whose access it was, to what, from when until when, and why they had it. */
export function pastAccessRow(access: PastAccess): Phrase {
  const { person: who, account, entitlement, target, level, since, until, basis, request } = access;
  const whose = who === undefined ? phrase`the account ${code(account)}` : person(who);
  const what = phrase`${code(entitlement ?? targetWords(target))}, level ${code(level)}`;
  const end = until === undefined ? phrase`, still held` : phrase` until ${instant(until)}`;
  const why = {
    granted: request === undefined ? [] : code(shortOf(request)),
    adopted: ['Standing access, which Curfew did not grant.'],
    finding: ['Curfew did not grant it, and nobody had explained it.'],
  }[basis];
  return phrase`${whose}: ${what}, from ${instant(since)}${end}. ${why}`;
}

/** Whose list it is, when it is that of one person. */
export const accessOfHeading = (who: PersonId): Phrase => phrase`The access of ${person(who)}`;

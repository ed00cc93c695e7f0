import type { PlainTextOption } from '@slack/types';
import type { FoundEntitlements } from '../../requests/find-entitlements.ts';
import { type Phrase, phrase, code, quoted } from '../../wording/phrase.ts';
import { oneLine } from '../../core/text.ts';
import { capped } from '../../wording/text.ts';
import { plain, SLACK } from './elements.ts';
import { entitlementOption } from './request-modal.ts';

type OptionGroup = Readonly<{ label: ReturnType<typeof plain>; options: PlainTextOption[] }>;
type Choices = { options: PlainTextOption[] } | { option_groups: OptionGroup[] };

/** What the search of the form offers: at most as many options as Slack takes, in groups when some are recent. */
export function searchOptions(typed: string, { recent, others }: FoundEntitlements): Choices {
  const all = others.slice(0, SLACK.options - recent.length).map(entitlementOption);
  if (recent.length === 0) return { options: all.length > 0 ? all : [nothingFoundOption(typed)] };
  return {
    option_groups: [
      { label: plain('Recent'), options: recent.map(entitlementOption) },
      ...(all.length > 0 ? [{ label: plain('All'), options: all }] : []),
    ],
  };
}

/** Letters of what was typed that the option repeats. It has 75. */
const MOST_REPEATED = 45;

// No id of an entitlement begins with a colon.
const NOTHING_FOUND = ':nothing-found ';

/** Slack has no text for an empty list, so an option says what was searched. Who chooses it reads more in the form. */
const nothingFoundOption = (typed: string): PlainTextOption =>
  typed.trim() === ''
    ? {
        text: plain('There is nothing that you can request yet'),
        value: NOTHING_FOUND,
        description: plain('The operator of Curfew decides this in catalogue.yaml.'),
      }
    : {
        text: plain(`No match for “${capped(oneLine(typed.trim()), MOST_REPEATED)}”. What to do?`),
        value: capped(`${NOTHING_FOUND}${typed.trim()}`, SLACK.optionValue),
        description: plain('Searched: names, databases, repositories, policies, groups, accounts.'),
      };

/** What the form says when somebody chose the option that nothing was found; undefined for any other option. */
export function nothingFoundPhrase(value: string): Phrase | undefined {
  if (!value.startsWith(NOTHING_FOUND)) return undefined;
  const typed = value.slice(NOTHING_FOUND.length);
  if (typed === '')
    return phrase`There is nothing that you can request yet. Ask the operator of Curfew, who keeps ${code('catalogue.yaml')}.`;
  return phrase`Nothing that you can request has “${quoted(typed)}” in its name or description, or in its databases, roles, repositories, teams, policies, groups and your accounts there. Try one word of it, or type ${code('/access list')} to see everything. Something is missing? Ask the operator of Curfew, who keeps ${code('catalogue.yaml')}.`;
}

import type { Phrase } from '../../wording/phrase.ts';
import { mention, mrkdwn, mrkdwnWithIds } from '../mrkdwn.ts';
import type { NameOf } from '../rich-text.ts';
import { paragraphs } from './elements.ts';
import type { RenderedMessage } from './rendered-message.ts';

/** A message of phrases, each in a line of its own. Without `nameOf` people are called by their ids. */
export const phraseMessage = (phrases: readonly Phrase[], nameOf?: NameOf): RenderedMessage => ({
  text: phrases.map((each) => (nameOf ? mrkdwn(each, mention(nameOf)) : mrkdwnWithIds(each))).join('\n'),
  blocks: [paragraphs(phrases, nameOf)],
});

import type { RequestView } from '../../requests/view.ts';
import { emphasis, phrase, quoted } from '../../wording/phrase.ts';
import { statusPhrase } from '../../wording/status.ts';
import { context, header, moreLine, paragraph } from './elements.ts';
import { withoutMentions } from './mentions.ts';
import type { RenderedMessage } from './rendered-message.ts';

/** A message has room for fifty blocks, and each entry is one of at most a few hundred bytes. */
const MOST = 15;

/** News of several requests of one person, in one message. Each request keeps its own message with its buttons. */
export const digestMessage = (views: readonly RequestView[]): RenderedMessage => ({
  text: `News of ${views.length} of your requests.`,
  blocks: [
    header(`News of ${views.length} of your requests`),
    ...views
      .slice(0, MOST)
      .map((view) =>
        paragraph(
          phrase`${emphasis(quoted(view.title))}: ${statusPhrase(view)}`,
          withoutMentions(view.nameOf),
        ),
      ),
    ...moreLine(views.length - MOST, '`/access list` and your *Home* tab show them'),
    context('Each request has its own message above, with its buttons.'),
  ],
});

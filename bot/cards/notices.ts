import type { RequestView } from '../../requests/view.ts';
import { emphasis, phrase, quoted, duration, instant, type Phrase, person } from '../../wording/phrase.ts';
import { statusPhrase } from '../../wording/status.ts';
import { context, header, moreLine, paragraph } from './elements.ts';
import { withoutMentions } from './rich-text.ts';
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

/** What a person approved in a week, and what became of it, oldest first. `from` and `to` are the first and the last instant. */
export function weeklySummary(
  views: readonly RequestView[],
  { from, to }: Readonly<{ from: number; to: number }>,
): RenderedMessage {
  const live = views.filter(({ state }) => state.kind === 'active').length;
  const count = `${views.length} ${views.length === 1 ? 'request' : 'requests'}`;
  return {
    text: `You approved ${count} in the last week.`,
    blocks: [
      header(`You approved ${count} in the last week`),
      paragraph(
        phrase`${instant(from, 'From ')}${instant(to, ' until ')}. ${[live === 0 ? 'No access of them is active now.' : `${live} of them ${live === 1 ? 'is' : 'are'} active now.`]}`,
      ),
      ...views.slice(0, MOST).map((view) => paragraph(linePhrase(view), withoutMentions(view.nameOf))),
      ...moreLine(views.length - MOST, '`curfew list` shows them'),
      context('You can turn this summary off: *Home*, _When I get messages_.'),
    ],
  };
}

const linePhrase = (view: RequestView): Phrase => {
  const { requester, minutes } = view.state.details;
  return phrase`${emphasis(quoted(view.title))} for ${person(requester)}, ${duration(minutes)}: ${statusPhrase(view)}`;
};

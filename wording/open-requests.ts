import { instant, type Phrase, phrase } from './phrase.ts';
import { statusPhrase, type StatusFacts } from './status.ts';

type OpenRequest = StatusFacts & Readonly<{ requestedAt: number }>;

/** Tells a person what they have or requested already, before they request it once more. */
export const alreadyPhrase = (open: OpenRequest): Phrase =>
  open.state.kind === 'active'
    ? phrase`${instant(open.state.endsAt, 'You have this access until ')}.`
    : phrase`${instant(open.requestedAt, 'You requested this already, ')}. ${statusPhrase(open)}`;

import type { OpenedRequest } from '../core/request/state.ts';
import { instant, type Phrase, phrase } from './phrase.ts';
import { statusPhrase } from './status.ts';

type OpenRequest = Readonly<{ state: OpenedRequest; title: string; requestedAt: number }>;

/** Tells a person what they have or requested already, before they request it once more. */
export const alreadyPhrase = ({ state, title, requestedAt }: OpenRequest): Phrase =>
  state.kind === 'active'
    ? phrase`${instant(state.endsAt, 'You have this access until ')}.`
    : phrase`${instant(requestedAt, 'You requested this already, ')}. ${statusPhrase(state, title)}`;

import { emphasis, instant, type Phrase, phrase, quoted } from './phrase.ts';

/** Reminds the requester of access that ends soon. */
export const endsSoonPhrase = (title: string, endsAt: number): Phrase =>
  phrase`Your access to ${emphasis(quoted(title))} ends soon${instant(endsAt, ', ')}.`;

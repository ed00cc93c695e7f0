import type { Sight } from '../../policy/index.ts';
import type { RenderedMessage } from './rendered-message.ts';
import { section } from './elements.ts';

/** For whom the help is: what the policy lets them see, and the ids of what they can request. */
export type HelpReader = Readonly<{ sight: Sight; requestable: readonly string[] }>;

/** A short help of lines that can be copied. Without a reader it has what everybody can try. */
export function helpMessage(reader?: HelpReader): RenderedMessage {
  const lines = commandsFor(reader).map(([command, does]) => `\`${command}\`  ${does}`);
  return {
    text: 'How to use /access',
    blocks: [section(lines.join('\n')), section(lastSentences(reader))],
  };
}

function lastSentences(reader: HelpReader | undefined): string {
  const home = reader?.sight.isAuditor
    ? 'Your *Home* tab shows all live access, and what was closed and refused.'
    : 'Your *Home* tab shows your access and the requests that wait for you.';
  return reader?.requestable.length === 0
    ? `Everything is recorded. ${home}`
    : `Curfew asks the approvers in Slack. Your access expires by itself at the time that is shown. Everything is recorded. ${home}`;
}

type Line = readonly [command: string, does: string];

/** The commands that fit this person, with an entitlement and a person whom they may name. */
export function commandsFor(reader: HelpReader | undefined): readonly Line[] {
  const requestable = reader?.requestable ?? ['orders-db'];
  const [example] = requestable;
  return [
    ...(example === undefined
      ? []
      : ([
          ['/access', 'request access with a form'],
          [`/access ${example} 2h why you need it`, 'request access in one line: what, for how long, why'],
          ['/access list', 'show what you can request, and your open requests'],
        ] as const)),
    ...(reader ? questionsFor(reader, example) : []),
    ['/access help', 'show this help'],
  ];
}

function questionsFor({ sight }: HelpReader, example: string | undefined): readonly Line[] {
  const { isAuditor, isSecurity, owns, approves, manages, reader } = sight;
  const [visible] = [...owns, ...approves];
  const entitlement = visible ?? (isAuditor ? (example ?? 'orders-db') : undefined);
  const [managed] = manages;
  const lines: readonly (Line | undefined)[] = [
    ['/access mine', 'what you have, what you wait for, how your last requests ended'],
    approves.size > 0 ? ['/access waiting', 'what waits for your decision'] : undefined,
    ['/access live', isAuditor || isSecurity ? 'all live access' : 'all live access that you can see'],
    entitlement === undefined
      ? undefined
      : [
          `/access who ${entitlement}`,
          'who has it, and who waits for it; with `at yesterday 14:00`, who had it then',
        ],
    managed !== undefined || isAuditor
      ? [`/access who has ${managed ?? reader}`, 'what a person has']
      : undefined,
    ['/access end', 'end all your access at once, or what else you may end; it asks first'],
    ['/access story 8n0p4x7q', 'everything that happened to a request, by the end of its id'],
  ];
  return lines.flatMap((line) => (line === undefined ? [] : [line]));
}

import type { IAMClient } from '@aws-sdk/client-iam';
import { iamApi } from '../../providers/aws-iam/api.ts';

type Command = Readonly<{ constructor: { name: string }; input: Readonly<Record<string, unknown>> }>;
type Answer = object | Error;

export const missing = Object.assign(new Error('no such entity'), { name: 'NoSuchEntityException' });

/** A client of IAM that answers each command with this function. `sent` has the commands and the signals. */
export function clientThat(answer: (action: string, input: Command['input']) => Answer) {
  const sent: (readonly [action: string, input: object])[] = [];
  const signals: (AbortSignal | undefined)[] = [];
  const client = {
    send: ({ constructor, input }: Command, options?: { abortSignal?: AbortSignal }) => {
      const action = constructor.name.replace(/Command$/, '');
      sent.push([action, input]);
      signals.push(options?.abortSignal);
      const answered = answer(action, input);
      return answered instanceof Error ? Promise.reject(answered) : Promise.resolve(answered);
    },
  };
  return { client: client as unknown as IAMClient, sent, signals };
}

/** IAM whose answers are these, one after the other. */
export function iamOf(...answers: readonly Answer[]) {
  const left = [...answers];
  const { client, sent, signals } = clientThat(() => left.shift() ?? new Error('one answer is missing'));
  return { api: iamApi(client), sent, signals };
}

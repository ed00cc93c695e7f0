import { Fault } from '../../core/faults.ts';
import { isAbsent, toFault } from './faults.ts';

type Page = { IsTruncated?: boolean | undefined; Marker?: string | undefined };

/** Runs one call. Returns undefined when IAM says that the entity does not exist. Every other failure is a `Fault`. */
export async function send<T>(action: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw toFault(error, action);
  }
}

/** Every page of a list. No page when IAM says that the entity does not exist. */
export async function* pages<P extends Page>(
  action: string,
  page: (at: { Marker: string | undefined }) => Promise<P>,
): AsyncGenerator<P> {
  let Marker: string | undefined;
  do {
    const got = await send(action, () => page({ Marker }));
    if (!got) return;
    yield got;
    Marker = got.IsTruncated ? got.Marker : undefined;
    // The rest of the list is unknown, so the list so far would be no proof of absence.
    if (got.IsTruncated && !Marker) throw unexpectedAnswer(action);
  } while (Marker !== undefined);
}

export const unexpectedAnswer = (action: string): Fault =>
  new Fault('provider-unavailable', `aws-iam: ${action}: the answer is not in IAM's format`);

/** `arn:<partition>:iam::<account>:user/<path><name>`. The account is undefined when the text is no such ARN. */
export function readArn(
  arn: string | undefined,
): Readonly<{ partition: string; account: string | undefined }> {
  const [, partition = '', , , account] = arn?.split(':') ?? [];
  return { partition, account: account || undefined };
}

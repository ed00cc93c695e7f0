/** What is read of an error of the SDK. */
type Refusal = Readonly<{ message?: unknown }>;

/**
 * The batches in which IAM simulates these actions, when it refused to simulate them in one request. Undefined for every other
 * error, and for a single action.
 *
 * IAM refuses a request with actions that "require different authorization information" (`InvalidInput`). Its API reference
 * does not say which actions those are. The message does: `Invalid Input Actions: [a:B,a:C] and [d:E] require different
 * authorization information`. Its text is from the source of aws-cloudformation/rain, `internal/aws/iam`, which quotes it. When
 * a message does not name the actions, each half is a batch.
 */
export function batchesFromRefusal(
  error: unknown,
  actions: readonly string[],
): readonly (readonly string[])[] | undefined {
  const { message } = Object(error) as Refusal;
  if (typeof message !== 'string' || !message.includes('require different authorization information'))
    return undefined;
  if (actions.length < 2) return undefined;
  const named = [...message.matchAll(/\[([^\]]*)\]/g)]
    .map(([, list = '']) => list.split(',').map((action) => action.trim()))
    .map((batch) => actions.filter((action) => batch.includes(action)))
    .filter((batch) => batch.length > 0);
  const isWhole = named.length > 1 && named.flat().length === actions.length;
  if (isWhole && new Set(named.flat()).size === actions.length) return named;
  const half = Math.ceil(actions.length / 2);
  return [actions.slice(0, half), actions.slice(half)];
}

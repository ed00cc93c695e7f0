/** What is read of an error of the SDK. */
type Refusal = Readonly<{ message?: unknown }>;

/**
 * The groups in which IAM wants to be asked, when it refused to simulate these actions in one request. Undefined for every
 * other error, and for a single action.
 *
 * IAM refuses a request with actions that "require different authorization information" (`InvalidInput`). Its API reference
 * does not say which actions those are. The message does: `Invalid Input Actions: [a:B,a:C] and [d:E] require different
 * authorization information`. Its text is from the source of aws-cloudformation/rain, `internal/aws/iam`, which quotes it. When
 * a message names no groups of these actions, each half is a group.
 */
export function groupsIn(
  error: unknown,
  actions: readonly string[],
): readonly (readonly string[])[] | undefined {
  const { message } = Object(error) as Refusal;
  if (typeof message !== 'string' || !message.includes('require different authorization information'))
    return undefined;
  if (actions.length < 2) return undefined;
  const named = [...message.matchAll(/\[([^\]]*)\]/g)]
    .map(([, list = '']) => list.split(',').map((action) => action.trim()))
    .map((group) => actions.filter((action) => group.includes(action)))
    .filter((group) => group.length > 0);
  const isWhole = named.length > 1 && named.flat().length === actions.length;
  if (isWhole && new Set(named.flat()).size === actions.length) return named;
  const half = Math.ceil(actions.length / 2);
  return [actions.slice(0, half), actions.slice(half)];
}

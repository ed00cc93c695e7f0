import type { IAMClient } from '@aws-sdk/client-iam';
import { Fault } from '../../core/faults.ts';

/**
 * The calls that the reaper's client may send: those that read, and the two that end access. (SimulatePrincipalPolicy calls none of
 * the actions that it is asked about.)
 */
const ALLOWED = /^((Get|List)[A-Za-z]+|SimulatePrincipalPolicy|DeleteUserPolicy|RemoveUserFromGroup)Command$/;

/** The same client. It refuses every call that is not in the list before anything is sent. */
export function onlyRemoves(client: IAMClient): IAMClient {
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName !== undefined && ALLOWED.test(commandName)) return next(args);
        throw new Fault(
          'provider-forbidden',
          `aws-iam: ${commandName?.replace(/Command$/, '') ?? 'a call without a name'} is not in the list of calls that the reaper may send`,
        );
      },
    { step: 'initialize', name: 'onlyRemoves' },
  );
  return client;
}

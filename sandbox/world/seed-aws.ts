import {
  AddUserToGroupCommand,
  CreateGroupCommand,
  CreateUserCommand,
  EntityAlreadyExistsException,
  type IAMClient,
  PutGroupPolicyCommand,
} from '@aws-sdk/client-iam';
import { COLLEAGUES } from './company.ts';

const ADMINISTRATORS = 'administrators';
const EVERYTHING = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});

/**
 * Creates the company's AWS account: a user for each colleague, and a group whose member is Sam. Sam's
 * membership does not come from Curfew.
 */
export async function seedAws(client: IAMClient): Promise<void> {
  const unlessThere = async (make: Promise<unknown>): Promise<void> => {
    try {
      await make;
    } catch (error) {
      if (!(error instanceof EntityAlreadyExistsException)) throw error;
    }
  };
  for (const { iamUser } of COLLEAGUES)
    if (iamUser) await unlessThere(client.send(new CreateUserCommand({ UserName: iamUser })));
  await unlessThere(client.send(new CreateGroupCommand({ GroupName: ADMINISTRATORS })));
  await client.send(
    new PutGroupPolicyCommand({
      GroupName: ADMINISTRATORS,
      PolicyName: 'everything',
      PolicyDocument: EVERYTHING,
    }),
  );
  await client.send(new AddUserToGroupCommand({ GroupName: ADMINISTRATORS, UserName: 'sam' }));
}

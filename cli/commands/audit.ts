import { Command } from 'commander';
import { auditBeginLogCommand } from './audit/begin-log.ts';
import { auditEraseCommand } from './audit/erase.ts';
import { auditEvidenceCommand } from './audit/evidence.ts';
import { auditExportCommand } from './audit/export.ts';
import { auditProveCommand } from './audit/prove.ts';
import { auditPurgeCommand } from './audit/purge.ts';
import { auditVerifyCommand } from './audit/verify.ts';
import { accessCommand, heldCommand } from './audit/access.ts';
import { listCommands } from './audit/lists.ts';
import { numbersCommand } from './audit/numbers.ts';
import { requestsCommand } from './audit/requests.ts';
import { reviewCommand } from './audit/review.ts';
import { storyCommand } from './audit/story.ts';
import { auditUseCommand } from './audit/use.ts';

/** `curfew audit <question>` */
export function auditCommand(): Command {
  const command = new Command('audit').description('read, prove and verify what was recorded');
  const questions = [
    accessCommand(),
    heldCommand(),
    requestsCommand(),
    storyCommand(),
    auditUseCommand(),
    ...listCommands(),
    reviewCommand(),
    auditEvidenceCommand(),
    numbersCommand(),
    auditExportCommand(),
    auditProveCommand(),
    auditVerifyCommand(),
    auditEraseCommand(),
    auditPurgeCommand(),
    auditBeginLogCommand(),
  ];
  for (const question of questions) command.addCommand(question);
  return command;
}

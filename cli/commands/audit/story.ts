import { Command } from 'commander';
import { addOutputOptions, type OutputOptions } from '../../terminal/output.ts';

/** `curfew audit story <request>` */
export const storyCommand = (): Command =>
  addOutputOptions(
    new Command('story')
      .description('all events of a request, from the request to the receipt that its access is gone')
      .argument('<request>', 'the id of the request, or its last letters'),
    { hasCsv: false },
  )
    .addHelpText('after', '\n  curfew audit story 8n0p4x7q\n  curfew audit story 8n0p4x7q --output jsonl')
    .action(async (text: string, options: OutputOptions) =>
      (await import('../../actions/audit-story.ts')).runAuditStory(text, options),
    );

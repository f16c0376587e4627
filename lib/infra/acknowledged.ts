import { type Stack, Validations } from 'aws-cdk-lib';
import { ESCALATION_PREFIX } from '#executions/escalation-machine-name.ts';
import { UNWIND_MACHINE } from '#executions/unwind-machine.ts';

const MACHINES = 'Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>';

/** What cdk-nag's AwsSolutions rules find that is meant to be so, and why. Anything else fails a test. */
const ACKNOWLEDGED: readonly { readonly id: string; readonly reason: string }[] = [
  {
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'X-Ray, iot:DescribeEndpoint and dynamodb:ListStreams take no resource; every other right names its own.',
  },
  {
    id: `AwsSolutions-IAM5[${MACHINES}:stateMachine:stepwright-*]`,
    reason: 'Workflows are published at run time, each version as a machine under this prefix.',
  },
  {
    id: `AwsSolutions-IAM5[${MACHINES}:stateMachine:stepwright-${ESCALATION_PREFIX}*]`,
    reason: 'Escalations are published at run time, each as a machine under this prefix.',
  },
  {
    id: `AwsSolutions-IAM5[${MACHINES}:execution:stepwright-*:*]`,
    reason: 'The executions of those machines.',
  },
  {
    id: `AwsSolutions-IAM5[${MACHINES}:execution:stepwright-*/*:*]`,
    reason: 'Children of the distributed Maps of those machines, which are redriven with their parents.',
  },
  {
    id: `AwsSolutions-IAM5[${MACHINES}:mapRun:stepwright-*/*:*]`,
    reason: 'Runs of those Maps, whose names Step Functions chooses.',
  },
  {
    id: `AwsSolutions-IAM5[${MACHINES}:execution:stepwright-${UNWIND_MACHINE.name}:*]`,
    reason: 'Machines wait for, and stop, unwinds that they have started, whose names they do not choose.',
  },
  {
    id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:topic/stepwright/devices/*/commands]',
    reason: 'Commands go to any registered device, on its own topic of commands and no other.',
  },
  {
    id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:stepwright/*]',
    reason: 'Workflows name secrets under this prefix, which whoever runs them puts there.',
  },
  ...['<LiveApi149456B6>', 'StepwrightApi:ExportsOutputRefLiveApi149456B6CADEFBED'].map((api) => ({
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:${api}/live/*/@connections/*]`,
    reason: 'Whoever is connected is told; of one API and stage.',
  })),
  ...[
    '<ReportsBucket95FE29A2.Arn>',
    'StepwrightState:ExportsOutputFnGetAttReportsBucket95FE29A2Arn81EE02E6',
  ].map((bucket) => ({
    id: `AwsSolutions-IAM5[Resource::${bucket}/reports/*]`,
    reason:
      'Reports are kept under names that are made of when they were made, in one bucket, under one prefix.',
  })),
  {
    id: 'AwsSolutions-S1',
    reason:
      'Who reads a report reads it through the API, which is traced; logs of the bucket would take another.',
  },
  {
    id: 'AwsSolutions-IAM5[Resource::StepwrightState:ExportsOutputFnGetAttArchiveDA4CB258ArnBE8F3792/*]',
    reason: 'Each part of the archive is an object of its own, of one bucket that holds nothing else.',
  },
  {
    id: 'AwsSolutions-S1',
    reason:
      'One function writes to the archive; who reads it is told by data events of CloudTrail, where they are on.',
  },
  {
    id: 'AwsSolutions-SQS3',
    reason: 'A queue of what could not be delivered is where that ends, until a person looks.',
  },
  {
    id: 'AwsSolutions-SF1',
    reason: 'Step Functions keeps the history for 90 days; logs would hold inputs, which may be secret.',
  },
  {
    id: 'AwsSolutions-SMG4',
    reason: 'The token is held by clients: its owner rotates it, and tells them.',
  },
  {
    id: 'AwsSolutions-APIG1',
    reason: 'Access is traced by X-Ray; access logs take a role of the whole account.',
  },
  {
    id: 'AwsSolutions-APIG6',
    reason: 'Execution logs take a role of the whole account, and would hold bodies.',
  },
  { id: 'AwsSolutions-APIG2', reason: 'The function checks every part of every request against its schema.' },
  {
    id: 'AwsSolutions-APIG3',
    reason: 'A WAF is for whoever opens the API to the world; the token and throttles guard it.',
  },
  {
    id: 'AwsSolutions-APIG4',
    reason:
      'Every method has the authoriser but the pages that signed links lead to; a WebSocket has it where it connects.',
  },
  { id: 'AwsSolutions-COG4', reason: 'Who may call is decided by a Lambda authoriser, not by Cognito.' },
];

/** Tells cdk-nag what is meant to be so in a stack. */
export function acknowledgeFindings(stack: Stack): void {
  for (const finding of ACKNOWLEDGED) Validations.of(stack).acknowledge(finding);
}

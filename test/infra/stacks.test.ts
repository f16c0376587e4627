import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { retentionOf } from '#infra/retention.ts';
import { compileProject, projectDecisionDocuments } from '#infra/workflows.ts';
import { cloudWatchMetric } from '#monitoring/metrics/cloud-watch.ts';
import { METRIC_LIST } from '#monitoring/metrics/metric-table.ts';
import { type Synthesised, synthesise } from './synthesise.ts';

let stacks: Synthesised;
beforeAll(() => {
  stacks = synthesise();
}, 180_000);

const PolicySchema = z.object({
  Properties: z.object({
    PolicyDocument: z.object({
      Statement: z.array(
        z.looseObject({ Action: z.union([z.string(), z.array(z.string())]), Resource: z.unknown() }),
      ),
    }),
    Roles: z.array(z.object({ Ref: z.string() })),
  }),
});

interface Statement {
  readonly role: string;
  readonly actions: readonly string[];
  /** ARNs, with what CloudFormation fills in left out. */
  readonly resources: readonly string[];
}

/** Every statement of a role's policies. */
function statementsOf(template: Template): Statement[] {
  return Object.values(template.findResources('AWS::IAM::Policy')).flatMap((policy) => {
    const { PolicyDocument, Roles } = PolicySchema.parse(policy).Properties;
    return PolicyDocument.Statement.map(({ Action, Resource }) => ({
      role: Roles.map(({ Ref }) => Ref).join(' '),
      actions: [Action].flat(),
      resources: [Resource].flat().map(joinedArn),
    }));
  });
}

function joinedArn(resource: unknown): string {
  const JoinSchema = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) });
  const joined = JoinSchema.safeParse(resource);
  if (!joined.success) return String(resource);
  return joined.data['Fn::Join'][1].filter((part) => typeof part === 'string').join('');
}

/** What each role may do, by the construct that it belongs to: actions in order, with those on `*` marked. */
function rights(template: Template): Record<string, string[]> {
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).map((policy) =>
    PolicySchema.parse(policy),
  );
  const found: Record<string, Set<string>> = {};
  for (const { Properties } of policies) {
    for (const { Ref } of Properties.Roles) {
      const role = Ref.replace(/Role[0-9A-F]{8}$/, '');
      for (const { Action, Resource } of Properties.PolicyDocument.Statement) {
        const actions = [Action].flat().map((action) => (Resource === '*' ? `${action} on *` : action));
        found[role] = new Set([...(found[role] ?? []), ...actions]);
      }
    }
  }
  return Object.fromEntries(Object.entries(found).map(([role, actions]) => [role, [...actions].sort()]));
}

const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const TRACES = ['xray:PutTelemetryRecords on *', 'xray:PutTraceSegments on *'];
const READ = ['dynamodb:GetItem', 'dynamodb:Query'];
const WRITE = [
  'dynamodb:BatchWriteItem',
  'dynamodb:ConditionCheckItem',
  'dynamodb:DeleteItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
];
const ANSWER = ['states:SendTaskFailure', 'states:SendTaskSuccess'];
const CHILDREN = ['states:ListExecutions', 'states:ListMapRuns'];
const PROBE = ['states:SendTaskHeartbeat'];
const DEVICES = [...READ, ...WRITE, ...ANSWER, 'iot:DescribeEndpoint on *', 'iot:Publish', 'sqs:SendMessage'];
const QUEUE = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ReceiveMessage',
];

/** What telling of events takes besides, and where goes what could not be told. */
const TELLING = ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'];
const TELL = [
  ...[...READ, ...WRITE, ...LOGS, ...TRACES],
  ...['events:PutEvents', 'execute-api:ManageConnections', 'sqs:SendMessage'],
];
const STREAM = [
  ...['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
  ...['dynamodb:ListStreams on *', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
];

/** Keeps reports, and reads them. */
const FILES = ['s3:GetObject', 's3:ListBucket', 's3:PutObject'];

test('each function and role may do what it needs, and nothing else', () => {
  const all = { ...rights(stacks.runtime), ...rights(stacks.api), ...rights(stacks.monitoring) };
  const expected: Record<string, readonly string[]> = {
    command: [...DEVICES, ...LOGS, ...TRACES],
    devicemessage: [...DEVICES, 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl', ...LOGS, ...TRACES],
    deadline: [
      ...[...DEVICES, ...QUEUE, ...LOGS, ...TRACES, ...PROBE],
      ...['states:DescribeExecution', 'states:StartExecution', 'states:StopExecution'],
    ],
    unwind: [...DEVICES, ...LOGS, ...TRACES, 'states:StartExecution', 'states:StopExecution'],
    executionended: [
      ...[...DEVICES, ...LOGS, ...TRACES, ...PROBE],
      ...['states:DescribeExecution', 'states:GetExecutionHistory', 'states:StartExecution'],
      ...['states:StopExecution', ...CHILDREN],
    ],
    awaitevent: [...READ, ...WRITE, ...ANSWER, 'sqs:SendMessage', ...LOGS, ...TRACES],
    requestapproval: [...READ, ...WRITE, ...ANSWER, 'sqs:SendMessage', ...LOGS, ...TRACES],
    deliver: [
      ...[...READ, ...WRITE, ...QUEUE, 'sqs:SendMessage', 'sns:Publish', 'ses:SendEmail', ...LOGS, ...TRACES],
      ...['secretsmanager:GetSecretValue', ...CHILDREN],
      ...['states:DescribeExecution', 'states:GetExecutionHistory'],
    ],
    escalate: [...READ, ...WRITE, ...ANSWER, 'sqs:SendMessage', ...LOGS, ...TRACES],
    lock: [
      ...[...READ, ...WRITE, ...ANSWER, ...PROBE, 'sqs:SendMessage', ...LOGS, ...TRACES],
      'states:StopExecution',
    ],
    startworkflow: [
      ...[...READ, ...WRITE, ...ANSWER, 'sqs:SendMessage', ...LOGS, ...TRACES],
      'states:StartExecution',
    ],
    callhttp: [...READ, ...WRITE, ...ANSWER, 'secretsmanager:GetSecretValue', ...LOGS, ...TRACES],
    notify: [...READ, ...WRITE, ...ANSWER, 'sqs:SendMessage', ...LOGS, ...TRACES],
    decide: [...READ, ...WRITE, ...ANSWER, ...LOGS, ...TRACES],
    selectdevices: [...READ, ...ANSWER, ...LOGS, ...TRACES],
    settleiteration: [
      ...[...READ, ...WRITE, ...ANSWER, ...LOGS, ...TRACES, ...CHILDREN],
      'states:DescribeExecution',
    ],
    rollout: [...READ, ...WRITE, ...ANSWER, 'sqs:SendMessage', ...LOGS, ...TRACES],
    outsideevent: [...READ, ...WRITE, ...ANSWER, ...TELLING, ...LOGS, ...TRACES],
    publishworkflow: [...READ, ...WRITE, ...LOGS, ...TRACES],
    tellchanges: [...TELL, ...STREAM],
    tellsteps: [...TELL, 'states:DescribeExecution', 'states:GetExecutionHistory'],
    RollUpsrollup: [
      ...[...READ, ...WRITE, ...LOGS, ...TRACES, ...CHILDREN],
      ...['states:DescribeExecution', 'states:GetExecutionHistory'],
    ],
    Archivearchive: [
      ...[...READ, ...WRITE, ...LOGS, ...TRACES, ...CHILDREN, ...TELLING],
      ...['s3:PutObject', 'states:GetExecutionHistory'],
    ],
    tellalarm: TELL,
    alerts: [
      ...[...READ, ...WRITE, ...QUEUE, 'sqs:SendMessage', ...LOGS, ...TRACES],
      ...['states:SendTaskSuccess', 'states:StartExecution'],
    ],
    Livelive: [...READ, ...WRITE, 'execute-api:ManageConnections', ...LOGS, ...TRACES],
    authorizer: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', ...LOGS, ...TRACES],
    api: [
      ...[...DEVICES, ...LOGS, ...TRACES, ...PROBE, 'iam:PassRole'],
      ...['secretsmanager:GetSecretValue', ...FILES],
      ...['states:CreateStateMachine', 'states:DescribeExecution', 'states:DescribeStateMachine'],
      ...['states:GetExecutionHistory', 'states:RedriveExecution'],
      ...['states:StartExecution', 'states:StopExecution', ...CHILDREN],
    ],
    Reportsmakereports: [
      ...[...READ, ...WRITE, ...LOGS, ...TRACES, ...FILES, 'sqs:SendMessage', ...CHILDREN],
      ...['states:DescribeExecution', 'states:GetExecutionHistory'],
    ],
    // The role of the schedule.
    Reports: ['lambda:InvokeFunction', 'sqs:SendMessage'],
    Machines: [
      ...['events:DescribeRule', 'events:PutRule', 'events:PutTargets', 'lambda:InvokeFunction'],
      ...['states:DescribeExecution', 'states:StartExecution', 'states:StopExecution'],
      ...['states:RedriveExecution', ...TRACES],
      ...['xray:GetSamplingRules on *', 'xray:GetSamplingTargets on *'],
    ],
  };
  for (const [role, actions] of Object.entries(expected)) {
    expect.soft(all[role], role).toEqual([...new Set(actions)].sort());
  }
  const others = Object.keys(all).filter((role) => expected[role] === undefined);
  expect(others.filter((role) => !/ErrorRole|^DeviceIngress/.test(role))).toEqual([]);
});

test('machines may run executions of their own as children of distributed Maps, and functions may look for them', () => {
  const allowed = statementsOf(stacks.runtime).filter(({ role }) => role.startsWith('Machines'));
  const on = (action: string): string =>
    allowed
      .filter(({ actions }) => actions.includes(action))
      .flatMap(({ resources }) => resources)
      .join(' ');
  expect(on('states:StartExecution')).toContain(':stateMachine:stepwright-*');
  expect(on('states:DescribeExecution')).toContain(':execution:stepwright-*:*');
  expect(on('states:StopExecution')).toContain(':execution:stepwright-*:*');
  expect(on('states:RedriveExecution')).toContain(':execution:stepwright-*/*:*');
  const lists = statementsOf(stacks.api).filter(({ actions }) => actions.includes('states:ListExecutions'));
  expect(lists.flatMap(({ resources }) => resources).join(' ')).toContain(':mapRun:stepwright-*/*:*');
});

test('no role may do everything of a service, or scan the table', () => {
  const actions = [stacks.state, stacks.runtime, stacks.api, stacks.monitoring].flatMap((one) =>
    Object.values(rights(one)).flat(),
  );
  expect(actions.filter((action) => /:\*|dynamodb:Scan/.test(action))).toEqual([]);
});

test('the table can be restored to any second, is encrypted, drops what has expired, and outlives its stack', () => {
  stacks.state.hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'Retain',
    Properties: {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      DeletionProtectionEnabled: true,
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    },
  });
});

test('every workflow of the project is a machine, with all that it calls filled in', () => {
  const machines = Object.values(stacks.runtime.findResources('AWS::StepFunctions::StateMachine')).map(
    (machine) =>
      z
        .object({
          DeletionPolicy: z.literal('Retain'),
          Properties: z.object({
            StateMachineName: z.string(),
            DefinitionString: z.string(),
            DefinitionSubstitutions: z.record(z.string(), z.unknown()),
            TracingConfiguration: z.object({ Enabled: z.literal(true) }),
          }),
        })
        .parse(machine),
  );
  const names = compileProject(join(import.meta.dirname, '../../workflows')).map(
    ({ machine }) => `stepwright-${machine}`,
  );
  const isEscalation = (name: string): boolean => name.startsWith('stepwright-escalation_');
  const deployed = machines.map(({ Properties }) => Properties.StateMachineName);
  expect(deployed.filter((name) => !isEscalation(name)).sort()).toEqual(
    [...names, 'stepwright-unwind-2'].sort(),
  );
  for (const { Properties } of machines) {
    const tokens = [...Properties.DefinitionString.matchAll(/\$\{(\w+)\}/g)].map(([, token = '']) => token);
    expect(Object.keys(Properties.DefinitionSubstitutions)).toEqual(expect.arrayContaining(tokens));
  }
});

test('API, functions and machines are traced, and machines may say so', () => {
  stacks.api.hasResourceProperties('AWS::ApiGateway::Stage', { TracingEnabled: true });
  const functions = [stacks.runtime, stacks.api, stacks.monitoring].flatMap((stack) =>
    Object.values(stack.findResources('AWS::Lambda::Function')),
  );
  const named = functions.filter(({ Properties }) => JSON.stringify(Properties).includes('"FUNCTION"'));
  expect(named.length).toBeGreaterThan(20);
  for (const { Properties } of named) expect(Properties).toMatchObject({ TracingConfig: { Mode: 'Active' } });
  const may = statementsOf(stacks.runtime).filter(({ actions }) => actions.includes('xray:GetSamplingRules'));
  expect(may.map(({ actions }) => actions.toSorted())).toEqual([
    [
      ...['xray:GetSamplingRules', 'xray:GetSamplingTargets'],
      ...['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    ],
  ]);
});

test('each hour what is over its time is archived, and what could not be done is told', () => {
  const { runtime, state } = stacks;
  runtime.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 hour)' });
  runtime.hasResourceProperties('AWS::Lambda::Function', {
    Description: 'Archives what is over its time, and deletes it',
    Timeout: 600,
    Environment: { Variables: { RETENTION: 'executions=90d' } },
  });
  runtime.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    FunctionName: { Ref: Match.stringLikeRegexp('^Archive') },
    DestinationConfig: { OnFailure: {} },
  });
  state.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    Properties: {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [
          Match.objectLike({
            Transitions: [
              { StorageClass: 'STANDARD_IA', TransitionInDays: 30 },
              { StorageClass: 'GLACIER_IR', TransitionInDays: 120 },
            ],
          }),
        ],
      },
    },
  });
  const writes = statementsOf(runtime).filter(({ actions }) => actions.includes('s3:PutObject'));
  expect(writes.flatMap(({ resources }) => resources)).toEqual(['/*']);
});

test('times that are none are refused before anything is deployed', () => {
  expect(retentionOf()).toBe('executions=90d');
  expect(retentionOf('forever')).toBe('forever');
  expect(() => retentionOf('alerts=400d')).toThrow(/more than 90 days/);
});

test('what cannot be delivered ends in a queue', () => {
  const { runtime } = stacks;
  runtime.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { DestinationConfig: { OnFailure: {} } });
  for (const rule of Object.values(runtime.findResources('AWS::IoT::TopicRule'))) {
    expect(rule).toMatchObject({ Properties: { TopicRulePayload: { ErrorAction: { Sqs: {} } } } });
  }
  for (const rule of Object.values(runtime.findResources('AWS::Events::Rule'))) {
    expect(rule).toMatchObject({ Properties: { Targets: [{ DeadLetterConfig: {} }] } });
  }
  const queues = Object.values(runtime.findResources('AWS::SQS::Queue'));
  const redriven = queues.map(({ Properties }) => 'RedrivePolicy' in z.looseObject({}).parse(Properties));
  expect(redriven.toSorted()).toEqual([false, true, true]);
});

test('notifications are delivered from a queue of their own, a few at once, and mailed from one address alone', () => {
  const { runtime } = stacks;
  runtime.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Deliveries'), 'Arn'] },
    FunctionName: { Ref: Match.stringLikeRegexp('^deliver') },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 10 },
  });
  runtime.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 300 });
  const sends = {
    Action: 'ses:SendEmail',
    Condition: { StringEquals: { 'ses:FromAddress': 'stepwright@example.com' } },
    Resource: [Match.anyValue(), Match.anyValue()],
  };
  runtime.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike(sends)]) },
  });
});

test('reports are looked at each minute, and kept where nobody else reads them, for 90 days', () => {
  stacks.monitoring.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(1 minute)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Input: '{}', RetryPolicy: { MaximumRetryAttempts: 0 }, DeadLetterConfig: Match.anyValue() },
  });
  const closed = {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  };
  stacks.state.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    Properties: {
      PublicAccessBlockConfiguration: closed,
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 90, Status: 'Enabled' })] },
    },
  });
  stacks.runtime.hasResourceProperties('Custom::StepwrightReport', { document: 'weekly-rollouts.report' });
});

test('cdk-nag has nothing against the stacks that is not answered', () => {
  expect(stacks.findings).toEqual([]);
});

test('without the authoriser there are only the pages that signed links lead to', () => {
  const MethodSchema = z.object({
    Properties: z.object({ HttpMethod: z.string(), AuthorizationType: z.string(), ResourceId: z.unknown() }),
  });
  const methods = Object.entries(stacks.api.findResources('AWS::ApiGateway::Method')).map(([id, one]) => ({
    id,
    ...MethodSchema.parse(one).Properties,
  }));
  const open = methods.filter(({ AuthorizationType }) => AuthorizationType !== 'CUSTOM');
  const pages = Map.groupBy(
    open,
    ({ id }) => /^Restv1(approvalsidanswer|alertsanswer|alertsact|madereportsread)/.exec(id)?.[1],
  );
  const methodsOf = (page: string) =>
    pages
      .get(page)
      ?.map(({ HttpMethod }) => HttpMethod)
      .toSorted();
  expect(Object.fromEntries([...pages.keys()].map((page) => [page, methodsOf(String(page))]))).toEqual({
    alertsact: ['GET', 'HEAD', 'POST'],
    alertsanswer: ['GET', 'HEAD', 'POST'],
    approvalsidanswer: ['GET', 'HEAD', 'POST'],
    madereportsread: ['GET', 'HEAD'],
  });
  expect(methods.length - open.length).toBe(10);
});

test('each escalation of the project is a machine, which calls one function, and that starts none', () => {
  const machines = Object.values(stacks.runtime.findResources('AWS::StepFunctions::StateMachine')).map(
    (one) =>
      z
        .object({ Properties: z.object({ StateMachineName: z.string(), DefinitionString: z.string() }) })
        .parse(one),
  );
  const escalations = machines.filter(({ Properties }) =>
    Properties.StateMachineName.startsWith('stepwright-escalation_'),
  );
  expect(escalations.map(({ Properties }) => Properties.StateMachineName)).toEqual([
    expect.stringMatching(/^stepwright-escalation_plant_plant-trouble_[0-9a-f]{8}$/),
  ]);
  expect(escalations[0]?.Properties.DefinitionString).toContain(`"FunctionName":"$\{EscalateFunctionArn}"`);
  const policies = Object.entries(stacks.runtime.findResources('AWS::IAM::Policy'));
  const [, own] = policies.find(([id]) => id.startsWith('escalate')) ?? [];
  expect(JSON.stringify(own)).toContain('states:SendTaskSuccess');
  expect(JSON.stringify(own)).not.toMatch(/states:StartExecution|dynamodb:Scan/);
});

test('the address of the API is put on record for links, where no other is given', () => {
  stacks.api.hasResourceProperties('Custom::StepwrightPublicUrl', { publicUrl: Match.anyValue() });
  stacks.runtime.hasResourceProperties('Custom::StepwrightProject', { document: 'project' });
});

test('on LocalStack commands go by a broker, and nothing takes IoT Core or an authoriser', () => {
  const { runtime, api, monitoring } = synthesise({
    emulator: 'localstack',
    transport: 'broker',
    brokerUrl: 'mqtt://127.0.0.1:1883',
  });
  runtime.resourceCountIs('AWS::IoT::TopicRule', 0);
  api.resourceCountIs('AWS::ApiGateway::Authorizer', 0);
  expect(
    Object.values(rights(runtime))
      .flat()
      .filter((action) => action.startsWith('iot:')),
  ).toEqual([]);
  expect(rights(api)['api']).toContain('secretsmanager:GetSecretValue');
  api.resourceCountIs('AWS::ApiGatewayV2::Api', 0);
  monitoring.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
}, 60_000);

test('templates of the project are published after all that their workflows may call', () => {
  const templates = stacks.runtime.findResources('Custom::StepwrightTemplate');
  const [template] = Object.values(templates);
  expect(Object.values(templates)).toHaveLength(1);
  expect(template?.['Properties']).toMatchObject({
    document: 'zone-check@1.0.0.template',
    template: 'zone-check',
    version: '1.0.0',
  });
  const published = [
    ...Object.keys(stacks.runtime.findResources('Custom::StepwrightDecision')),
    ...Object.keys(stacks.runtime.findResources('Custom::StepwrightWorkflow')),
  ];
  expect(template?.['DependsOn']).toEqual(expect.arrayContaining(published));
});

test('decisions are published before the workflows, each after those that it goes by', () => {
  const project = mkdtempSync(join(tmpdir(), 'stepwright-project-'));
  try {
    const head = (name: string) => `stepwright: 1\ndecision: ${name}\nversion: 1.0.0\n`;
    const io = 'inputs: { n: { type: number } }\noutputs: { out: { type: number } }\n';
    mkdirSync(join(project, 'decisions'));
    const files = {
      'decisions/above.yaml': `${head('above')}${io}decisions: { low: { decision: below } }\nexpression: { out: '{% $low.out %}' }\n`,
      'decisions/below.yaml': `${head('below')}${io}data: { sizes: { file: sizes.csv } }\nexpression: { out: '{% $data.sizes[0].n %}' }\n`,
      'decisions/sizes.csv': 'n\n7\n',
      'asks.yaml':
        'stepwright: 1\nname: asks\nversion: 1.0.0\nsteps: [{ id: a, decide: { decision: above, input: { n: 1 } } }]\n',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
    const [below, above] = projectDecisionDocuments(project);
    expect(below).toMatchObject({ document: 'below@1.0.0', uses: [] });
    expect(JSON.parse(below?.source ?? '')).toMatchObject({ data: { sizes: { values: [{ n: 7 }] } } });
    expect(above).toMatchObject({ document: 'above@1.0.0', uses: ['below@1.0.0'] });
    const { runtime } = synthesise({ project });
    const [asked = '', asker = ''] = ['below', 'above'].map(
      (decision) =>
        Object.keys(
          runtime.findResources('Custom::StepwrightDecision', {
            Properties: {
              document: `${decision}@1.0.0`,
              decision,
              version: '1.0.0',
              digest: Match.anyValue(),
            },
          }),
        )[0],
    );
    runtime.hasResource('Custom::StepwrightDecision', {
      Properties: { decision: 'above' },
      DependsOn: [asked],
    });
    runtime.hasResource('Custom::StepwrightWorkflow', { DependsOn: Match.arrayWith([asker, asked].sort()) });
  } finally {
    rmSync(project, { recursive: true });
  }
}, 60_000);

test('a decision that goes by none that is there is refused', () => {
  const project = mkdtempSync(join(tmpdir(), 'stepwright-project-'));
  mkdirSync(join(project, 'decisions'));
  writeFileSync(
    join(project, 'decisions/lost.yaml'),
    'stepwright: 1\ndecision: lost\nversion: 1.0.0\ninputs: {}\noutputs: { a: {} }\ndecisions: { b: { decision: gone } }\nexpression: { a: "{% $b %}" }\n',
  );
  expect(() => projectDecisionDocuments(project)).toThrow(/lost\.yaml:6:.*SW1823/);
  rmSync(project, { recursive: true });
});

test('a project with errors is refused with all of them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stepwright-project-'));
  const text =
    'stepwright: 1\nname: x\nversion: 1.0.0\nsteps: [{ id: a, comand: go }, { id: b, needs: [c], wait: { for: 1s } }]\n';
  writeFileSync(join(folder, 'bad.yaml'), text);
  expect(() => compileProject(folder)).toThrow(/bad\.yaml:4:.*SW1104[\s\S]*bad\.yaml:4:/);
  rmSync(folder, { recursive: true });
});

test('what the project tells as events has a rule each, and a function that may tell of them and no more', () => {
  const project = mkdtempSync(join(tmpdir(), 'stepwright-project-'));
  try {
    const events = [
      { topic: 'plant/+/door', name: 'door.opened', data: '{% $payload %}' },
      { bus: { source: 'aws.ec2', detailType: ['EC2 Instance State-change Notification'] }, name: 'machine' },
    ];
    writeFileSync(join(project, 'stepwright.yaml'), JSON.stringify({ stepwright: 1, events }));
    writeFileSync(
      join(project, 'a.json'),
      JSON.stringify({
        ...{
          stepwright: 1,
          name: 'a',
          version: '1.0.0',
          steps: [{ id: 'a', wait: { event: { name: 'door.opened' } } }],
        },
      }),
    );
    const { runtime, findings } = synthesise({ project });
    runtime.hasResourceProperties('AWS::IoT::TopicRule', {
      TopicRulePayload: {
        Sql: "SELECT encode(*, 'base64') AS payload, topic() AS topic FROM 'plant/+/door'",
        ErrorAction: Match.anyValue(),
      },
    });
    runtime.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['aws.ec2'], 'detail-type': ['EC2 Instance State-change Notification'] },
    });
    expect(rights(runtime)['outsideevent']).toEqual(
      [...new Set([...READ, ...WRITE, ...ANSWER, ...LOGS, ...TRACES, ...TELLING])].sort(),
    );
    expect(findings).toEqual([]);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}, 60_000);

test('the stream of the table is told of in order, again when it fails, and what cannot be told ends in a queue', () => {
  const told = ['EXECUTION', 'DEVICE', 'POOL', 'WORKFLOW', 'DECISION', 'ALERT', 'ALERTS'];
  const prefixes = told.map((partition) => ({ prefix: `${partition}#` }));
  stacks.monitoring.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    ParallelizationFactor: 1,
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 10,
    StartingPosition: 'TRIM_HORIZON',
    DestinationConfig: { OnFailure: {} },
    FilterCriteria: {
      Filters: [{ Pattern: JSON.stringify({ dynamodb: { Keys: { pk: { S: prefixes } } } }) }],
    },
  });
  stacks.monitoring.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: { source: ['stepwright'], 'detail-type': Match.arrayWith(['execution.succeeded']) },
    Targets: [{ DeadLetterConfig: {} }],
  });
});

test('whoever connects to be told of events is asked for the token first', () => {
  stacks.api.hasResourceProperties('AWS::ApiGatewayV2::Route', {
    RouteKey: '$connect',
    AuthorizationType: 'CUSTOM',
  });
  const functions = Object.values(stacks.api.findResources('AWS::Lambda::Function'));
  const environments = functions.map((each) => JSON.stringify(each));
  expect(environments.filter((text) => text.includes('"LIVE_URL"'))).toHaveLength(1);
});

test('the dashboard asks for each metric that is made of events or alerts, in its own unit of dimensions', () => {
  const [dashboard] = Object.values(stacks.monitoring.findResources('AWS::CloudWatch::Dashboard'));
  const text = JSON.stringify(dashboard);
  const told = METRIC_LIST.filter(([, { of }]) => of !== 'server');
  expect(told.length).toBeGreaterThan(20);
  for (const [name] of told) expect(text).toContain(cloudWatchMetric(name).name);
  expect(text).toContain('{Stepwright,service,workflow,status}');
});

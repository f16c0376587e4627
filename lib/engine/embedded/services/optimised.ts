import type { IntegrationPattern } from './resource.ts';

/** A service that Step Functions has an integration of its own for. */
export interface OptimisedService {
  /** Its name among the SDK integrations, where that is another one. */
  readonly sdkName?: string;
  /** What the names of its errors begin with: `DynamoDB` in `DynamoDB.ConditionalCheckFailedException`. */
  readonly errorPrefix: string;
  /** What an error is called that the service does not describe, such as a failed check of the arguments. */
  readonly errorName: string;
  /** What it calls itself in the cause of an error. */
  readonly causeName: string;
  /** Set for those that Step Functions calls with version 2 of the Java SDK; it writes causes another way. */
  readonly usesSdk2?: true;
  /** Its actions, and how each can be called besides `request`. */
  readonly actions: Readonly<Record<string, readonly Exclude<IntegrationPattern, 'request'>[]>>;
}

const CALLBACK = ['waitForTaskToken'] as const;
const JOB = ['sync'] as const;

/**
 * The optimised integrations that are served (AWS Step Functions, "Integrating optimized services"). The names in errors
 * are those of version 1 of the Java SDK, which Step Functions reports; Bedrock and EMR Serverless excepted.
 */
export const OPTIMISED: Readonly<Record<string, OptimisedService>> = {
  apigateway: {
    ...{ errorPrefix: 'ApiGateway', errorName: 'AmazonApiGatewayException', causeName: 'AmazonApiGateway' },
    actions: { invoke: CALLBACK },
  },
  athena: {
    ...{ errorPrefix: 'Athena', errorName: 'AmazonAthenaException', causeName: 'AmazonAthena' },
    actions: { startQueryExecution: JOB, stopQueryExecution: [], getQueryExecution: [], getQueryResults: [] },
  },
  batch: {
    ...{ errorPrefix: 'Batch', errorName: 'AWSBatchException', causeName: 'AWSBatch' },
    actions: { submitJob: ['sync', 'waitForTaskToken'] },
  },
  bedrock: {
    ...{ sdkName: 'bedrockruntime', errorPrefix: 'Bedrock' },
    ...{ errorName: 'BedrockRuntimeException', causeName: 'BedrockRuntime', usesSdk2: true },
    actions: { invokeModel: CALLBACK },
  },
  codebuild: {
    ...{ errorPrefix: 'CodeBuild', errorName: 'AWSCodeBuildException', causeName: 'AWSCodeBuild' },
    actions: {
      ...{ startBuild: JOB, stopBuild: [], batchDeleteBuilds: [], batchGetReports: [] },
      ...{ startBuildBatch: JOB, stopBuildBatch: [], retryBuildBatch: [], deleteBuildBatch: [] },
    },
  },
  databrew: {
    ...{ errorPrefix: 'DataBrew', errorName: 'AWSGlueDataBrewException', causeName: 'AWSGlueDataBrew' },
    actions: { startJobRun: JOB },
  },
  dynamodb: {
    ...{ errorPrefix: 'DynamoDB', errorName: 'AmazonDynamoDBException', causeName: 'AmazonDynamoDBv2' },
    actions: { getItem: [], putItem: [], updateItem: [], deleteItem: [] },
  },
  ecs: {
    ...{ errorPrefix: 'ECS', errorName: 'AmazonECSException', causeName: 'AmazonECS' },
    actions: { runTask: ['sync', 'waitForTaskToken'] },
  },
  'emr-containers': {
    ...{ sdkName: 'emrcontainers', errorPrefix: 'EMRContainers' },
    ...{ errorName: 'AmazonEMRContainersException', causeName: 'AmazonEMRContainers' },
    actions: { startJobRun: JOB, createVirtualCluster: [], deleteVirtualCluster: [] },
  },
  'emr-serverless': {
    ...{ sdkName: 'emrserverless', errorPrefix: 'EmrServerless' },
    ...{ errorName: 'EmrServerlessException', causeName: 'EmrServerless', usesSdk2: true },
    actions: {
      ...{ createApplication: [], startApplication: [], stopApplication: [], deleteApplication: [] },
      ...{ startJobRun: JOB, cancelJobRun: [] },
    },
  },
  events: {
    ...{ sdkName: 'eventbridge', errorPrefix: 'EventBridge' },
    ...{ errorName: 'AmazonEventBridgeException', causeName: 'AmazonEventBridge' },
    actions: { putEvents: CALLBACK },
  },
  glue: {
    ...{ errorPrefix: 'Glue', errorName: 'AWSGlueException', causeName: 'AWSGlue' },
    actions: { startJobRun: JOB },
  },
  lambda: {
    ...{ errorPrefix: 'Lambda', errorName: 'AWSLambdaException', causeName: 'AWSLambda' },
    actions: { invoke: CALLBACK },
  },
  mediaconvert: {
    ...{ errorPrefix: 'MediaConvert', errorName: 'AWSMediaConvertException', causeName: 'AWSMediaConvert' },
    actions: { createJob: JOB },
  },
  sagemaker: {
    ...{ errorPrefix: 'SageMaker', errorName: 'AmazonSageMakerException', causeName: 'AmazonSageMaker' },
    actions: {
      ...{ createTrainingJob: JOB, createProcessingJob: JOB, createTransformJob: JOB },
      ...{ createHyperParameterTuningJob: JOB, createLabelingJob: [], createModel: [] },
      ...{ createEndpoint: [], createEndpointConfig: [], updateEndpoint: [] },
    },
  },
  sns: {
    ...{ errorPrefix: 'SNS', errorName: 'AmazonSNSException', causeName: 'AmazonSNS' },
    actions: { publish: CALLBACK },
  },
  sqs: {
    ...{ errorPrefix: 'SQS', errorName: 'AmazonSQSException', causeName: 'AmazonSQS' },
    actions: { sendMessage: CALLBACK },
  },
  states: {
    ...{ sdkName: 'sfn', errorPrefix: 'StepFunctions' },
    ...{ errorName: 'AWSStepFunctionsException', causeName: 'AWSStepFunctions' },
    actions: { startExecution: ['sync', 'sync:2', 'waitForTaskToken'] },
  },
};

/** Optimised integrations of Step Functions, whole or by action, that are not served here. */
export const UNSERVED: readonly string[] = [
  ...[
    'eks',
    'elasticmapreduce',
    'bedrock:createModelCustomizationJob',
    'bedrock:createModelCustomizationJob.sync',
  ],
  ...['emr-containers:deleteVirtualCluster.sync', 'emr-serverless:createApplication.sync'],
  ...['emr-serverless:startApplication.sync', 'emr-serverless:stopApplication.sync'],
  ...['emr-serverless:deleteApplication.sync', 'emr-serverless:cancelJobRun.sync'],
  ...['sagemaker:createLabelingJob.sync', 'codebuild:retryBuildBatch.sync'],
];

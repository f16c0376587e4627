import { describe, expect, test } from 'vitest';
import {
  eventNames,
  readTaskResource,
  type TaskResource,
  waitsForToken,
} from '#engine/embedded/services/resource.ts';

function read(text: string): TaskResource {
  const found = readTaskResource(text);
  if ('resource' in found) return found.resource;
  throw new Error(found.refused);
}

const STATES = 'arn:aws:states:::';

describe('a resource', () => {
  test.each([
    [`${STATES}lambda:invoke`, { kind: 'function', waitsForToken: false, integration: 'invoke' }],
    [`${STATES}lambda:invoke.waitForTaskToken`, { kind: 'function', waitsForToken: true }],
    ['arn:aws:lambda:eu-west-1:1:function:f:2', { kind: 'lambda' }],
    ['arn:aws:states:eu-west-1:1:activity:a', { kind: 'activity' }],
    [`${STATES}states:startExecution`, { kind: 'machine', mode: 'request' }],
    [`${STATES}states:startExecution.sync`, { kind: 'machine', mode: 'sync' }],
    [`${STATES}states:startExecution.sync:2`, { kind: 'machine', mode: 'sync:2' }],
    [`${STATES}states:startExecution.waitForTaskToken`, { kind: 'machine', mode: 'waitForTaskToken' }],
    [`${STATES}http:invoke`, { kind: 'http' }],
    [`${STATES}dynamodb:getItem`, { kind: 'service', service: 'dynamodb', isSdk: false, pattern: 'request' }],
    [`${STATES}ecs:runTask.sync`, { kind: 'service', pattern: 'sync', integration: 'runTask.sync' }],
    [`${STATES}emr-containers:startJobRun.sync`, { kind: 'service', service: 'emr-containers' }],
    [`${STATES}aws-sdk:dynamodb:query`, { kind: 'service', service: 'dynamodb', isSdk: true }],
    ['arn:aws-cn:states:::aws-sdk:sfn:listActivities', { kind: 'service', service: 'sfn', isSdk: true }],
    [`${STATES}aws-sdk:sqs:sendMessage.waitForTaskToken`, { kind: 'service', pattern: 'waitForTaskToken' }],
  ])('%s is read', (text, expected) => {
    expect(read(text)).toMatchObject(expected);
  });

  test.each([
    [`${STATES}dynamodb:query`, 'an action that only the SDK integration has'],
    [`${STATES}sqs:sendMessage.sync`, 'a pattern that the service does not have'],
    [`${STATES}sqs:sendMessage.sync:2`, 'a pattern that only executions have'],
    [`${STATES}aws-sdk:batch:submitJob.sync`, 'a job by an SDK integration'],
    [`${STATES}http:invoke.waitForTaskToken`, 'a token for HTTP'],
    [`${STATES}http:get`, 'an action of HTTP that is none'],
    [`${STATES}dynamodb:toString`, 'a name that every object has'],
    [`${STATES}constructor:call`, 'a service that is none'],
    [`${STATES}aws-sdk:../x:call`, 'a service that climbs'],
    [`${STATES}aws-sdk:s3:GetObject`, 'an action that is not in camelCase'],
    [`${STATES}sqs:sendMessage.later`, 'a pattern that is none'],
    ['arn:aws:states:eu-west-1:1:sqs:sendMessage', 'a region'],
    ['sqs:sendMessage', 'no ARN'],
    ['', 'nothing'],
  ])('%s is refused as Step Functions does it: %s', (text) => {
    expect(readTaskResource(text)).toEqual({
      refused: `The resource provided ${text} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`,
    });
  });

  test.each(['eks:runJob.sync', 'elasticmapreduce:addStep', 'emr-serverless:startApplication.sync'])(
    '%s, which is one of Step Functions, is refused as not served',
    (name) => {
      const text = `${STATES}${name}`;
      expect(readTaskResource(text)).toEqual({
        refused: `The resource ${text} is not served by the embedded engine`,
        isKnown: true,
      });
    },
  );

  test.each([
    [`${STATES}aws-sdk:s3:getObject`, 'aws-sdk:s3', 'getObject', false],
    [`${STATES}sqs:sendMessage.waitForTaskToken`, 'sqs', 'sendMessage.waitForTaskToken', true],
    [`${STATES}lambda:invoke.waitForTaskToken`, 'lambda', 'invoke.waitForTaskToken', true],
    [`${STATES}states:startExecution.sync:2`, 'states', 'startExecution.sync:2', false],
    [`${STATES}states:startExecution.waitForTaskToken`, 'states', 'startExecution.waitForTaskToken', true],
    [`${STATES}http:invoke`, 'http', 'invoke', false],
    ['arn:aws:lambda:eu-west-1:1:function:f', 'lambda', 'function', false],
    ['arn:aws:states:eu-west-1:1:activity:a', 'activity', 'arn:aws:states:eu-west-1:1:activity:a', true],
  ])('%s is called %s and %s by the history, and waits for a token: %s', (text, type, name, waits) => {
    const resource = read(text);
    expect(eventNames(resource)).toEqual({ resourceType: type, resource: name });
    expect(waitsForToken(resource)).toBe(waits);
  });
});

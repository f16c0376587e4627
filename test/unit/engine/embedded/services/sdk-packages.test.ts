import { expect, test } from 'vitest';
import { javaServiceName, sdkPackage } from '#engine/embedded/services/sdk-packages.ts';

test.each([
  ['dynamodb', 'dynamodb'],
  ['sfn', 'sfn'],
  ['s3', 's3'],
  ['cloudwatchlogs', 'cloudwatch-logs'],
  ['secretsmanager', 'secrets-manager'],
  ['acmpca', 'acm-pca'],
  ['databasemigration', 'database-migration-service'],
  ['config', 'config-service'],
  ['iotdataplane', 'iot-data-plane'],
  ['elasticloadbalancingv2', 'elastic-load-balancing-v2'],
  ['route53', 'route-53'],
  ['sesv2', 'sesv2'],
])('the client of %s is @aws-sdk/client-%s', (service, name) => {
  expect(sdkPackage(service)).toBe(`@aws-sdk/client-${name}`);
});

test.each([
  ['DynamoDB', 'DynamoDb'],
  ['SFN', 'Sfn'],
  ['S3', 'S3'],
  ['EC2', 'Ec2'],
  ['SQS', 'Sqs'],
  ['ACM PCA', 'AcmPca'],
  ['CloudWatch Logs', 'CloudWatchLogs'],
  ['EventBridge', 'EventBridge'],
  ['IoT Data Plane', 'IotDataPlane'],
  ['Secrets Manager', 'SecretsManager'],
  ['SESv2', 'SesV2'],
  ['Database Migration Service', 'DatabaseMigration'],
  ['Elastic Load Balancing v2', 'ElasticLoadBalancingV2'],
  ['API Gateway', 'ApiGateway'],
])('the service with the id %s names its errors %s.…', (serviceId, name) => {
  expect(javaServiceName(serviceId)).toBe(name);
});

/**
 * Clients of the AWS SDK whose package is not named as the service is in a `Resource`: with hyphens, or with `-service` at
 * its end. All others are `@aws-sdk/client-<service>`.
 */
const HYPHENATED = `
acm-pca api-gateway app-mesh application-auto-scaling application-insights application-signals auto-scaling
auto-scaling-plans backup-gateway bcm-data-exports bcm-recommended-actions bedrock-agent bedrock-agent-runtime
bedrock-agentcore bedrock-agentcore-control bedrock-data-automation bedrock-data-automation-runtime bedrock-runtime
chime-sdk-identity chime-sdk-media-pipelines chime-sdk-meetings chime-sdk-messaging chime-sdk-voice
cloudfront-keyvaluestore cloudhsm-v2 cloudsearch-domain cloudwatch-events cloudwatch-logs codeguru-reviewer
codestar-connections codestar-notifications cognito-identity cognito-identity-provider cognito-sync compute-optimizer
config-service connect-contact-lens cost-and-usage-report-service cost-explorer cost-optimization-hub customer-profiles
data-pipeline database-migration-service device-farm devops-guru direct-connect directory-service docdb-elastic
dynamodb-streams ec2-instance-connect ecr-public elastic-beanstalk elastic-load-balancing elastic-load-balancing-v2
elastic-inference elastic-transcoder elasticsearch-service emr-containers emr-serverless geo-maps geo-places geo-routes
global-accelerator iot-1click-projects iot-data-plane iot-events iot-events-data iot-jobs-data-plane iot-wireless ivs-realtime
kinesis-analytics kinesis-analytics-v2 kinesis-video kinesis-video-archived-media kinesis-video-media
kinesis-video-signaling kinesis-video-webrtc-storage launch-wizard lex-model-building-service lex-models-v2
lex-runtime-service lex-runtime-v2 license-manager machine-learning marketplace-agreement marketplace-catalog
marketplace-commerce-analytics marketplace-entitlement-service marketplace-metering mediapackage-vod mediastore-data
medical-imaging migration-hub migration-hub-refactor-spaces migrationhub-config neptune-graph network-firewall
partnercentral-account partnercentral-benefits partnercentral-channel partnercentral-selling payment-cryptography
personalize-events personalize-runtime pinpoint-email pinpoint-sms-voice pinpoint-sms-voice-v2 qldb-session rds-data
redshift-data redshift-serverless resource-explorer-2 resource-groups resource-groups-tagging-api route-53
route-53-domains route53-recovery-cluster route53-recovery-control-config route53-recovery-readiness s3-control
sagemaker-a2i-runtime sagemaker-edge sagemaker-featurestore-runtime sagemaker-geospatial sagemaker-runtime secrets-manager
service-catalog service-catalog-appregistry service-quotas signer-data snow-device-management ssm-contacts
ssm-incidents sso-admin sso-oidc storage-gateway timestream-influxdb timestream-query timestream-write
transcribe-streaming voice-id vpc-lattice waf-regional workspaces-instances workspaces-thin-client workspaces-web
`;

const PACKAGES = new Map(
  HYPHENATED.trim()
    .split(/\s+/)
    .map((name) => [name.replaceAll('-', '').replace(/service$/, ''), name]),
);

/** The package of the client for a service as a `Resource` names it: `cloudwatchlogs` → `@aws-sdk/client-cloudwatch-logs`. */
export function sdkPackage(service: string): string {
  return `@aws-sdk/client-${PACKAGES.get(service) ?? service}`;
}

/**
 * What version 2 of the Java SDK, which Step Functions calls services with, makes of a service's id: `DynamoDB` →
 * `DynamoDb`, `IoT Data Plane` → `IotDataPlane`, `SESv2` → `SesV2`. SDK integrations begin the names of errors with it.
 */
export function javaServiceName(serviceId: string): string {
  const words = serviceId
    .replace(/^(?:Amazon|AWS)\s+/, '')
    .replace(/\s+Service$/, '')
    .replace(/(?<=[A-Z])v(?=\d)/g, ' v')
    .replace(/(?<=[a-z])(?=[A-Z][A-Za-z\d])/g, ' ')
    .replace(/(?<=[A-Z])(?=[A-Z][a-z])/g, ' ')
    .replace(/(?<=\d)(?=[a-zA-Z])/g, ' ')
    .split(/[^A-Za-z\d]+/);
  return words
    .filter((word) => word !== '')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1).toLowerCase()}`)
    .join('');
}

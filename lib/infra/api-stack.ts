import { join } from 'node:path';
import { CfnOutput, CustomResource, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AuthorizationType,
  IdentitySource,
  LambdaIntegration,
  type MethodOptions,
  RequestAuthorizer,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { addApiAlarm } from './alarms.ts';
import { addAnswerPages } from './answer-page.ts';
import { LiveApi } from './live-api.ts';
import { executionArns, machineArn } from './machines.ts';
import { type DeploymentOptions, PREFIX } from './names.ts';
import type { ReportBucket } from './report-bucket.ts';
import { PROBE_TASK, type RuntimeStack } from './runtime-stack.ts';
import { allowChildren, ServiceFunction } from './service-function.ts';

/** What the API stack needs. */
export interface ApiStackProps extends StackProps {
  readonly table: Table;
  readonly runtime: RuntimeStack;
  readonly reports: ReportBucket;
  readonly options: DeploymentOptions;
  /** Folder with the bundled functions. */
  readonly bundles: string;
}

const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** The way in: a REST API that hands every request to one function, behind an authoriser that knows one secret token. */
export class ApiStack extends Stack {
  /** By which events are pushed; undefined on an emulator that has no WebSocket APIs. */
  readonly live: LiveApi | undefined;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    const { runtime, options } = props;
    const token = new Secret(this, 'Token', {
      description: 'Bearer token of the Stepwright API',
      // Letters and digits alone, by both ways of saying so: it is pasted into shells.
      generateSecretString: { passwordLength: 40, excludePunctuation: true, excludeCharacters: PUNCTUATION },
    });
    const api = this.#apiFunction(props);
    const rest = new RestApi(this, 'Rest', {
      restApiName: PREFIX,
      description: 'Stepwright: workflows, executions, devices',
      deployOptions: {
        stageName: 'live',
        tracingEnabled: true,
        throttlingRateLimit: 500,
        throttlingBurstLimit: 1_000,
      },
      cloudWatchRole: false,
    });
    addApiAlarm(this, PREFIX);
    const integration = new LambdaIntegration(api.lambda);
    const { authorized, authorizer } = this.#authorization(props, { api, token });
    this.live = this.#liveApi(props, authorizer);
    // The name of an emulated API does not resolve: clients ask for events there.
    if (this.live !== undefined && options.emulator === undefined)
      api.lambda.addEnvironment('LIVE_URL', this.live.url);
    // Said with the method: CDK puts it on the root as well, where the defaults of a proxy do not hold.
    rest.root.addProxy({ anyMethod: false }).addMethod('ANY', integration, authorized);
    addAnswerPages(rest.root, { integration, authorized });
    new CustomResource(this, 'PublicUrl', {
      serviceToken: runtime.publisher.functionArn,
      resourceType: 'Custom::StepwrightPublicUrl',
      properties: { document: 'public-url', publicUrl: options.publicUrl ?? rest.url },
    });
    new CfnOutput(this, 'RestApiId', { value: rest.restApiId });
    if (this.live !== undefined) new CfnOutput(this, 'LiveApiId', { value: this.live.apiId });
    new CfnOutput(this, 'Endpoint', { value: rest.url });
    new CfnOutput(this, 'TokenSecretArn', { value: token.secretArn });
  }

  /** LocalStack cannot make an authoriser by CloudFormation: there, the function itself checks the token. */
  #authorization(
    { options, bundles }: ApiStackProps,
    { api, token }: { readonly api: ServiceFunction; readonly token: Secret },
  ): { readonly authorized: MethodOptions; readonly authorizer: IFunction | undefined } {
    if (options.emulator === 'localstack') {
      api.lambda.addEnvironment('TOKEN_SECRET_ARN', token.secretArn);
      token.grantRead(api.lambda);
      return { authorized: { authorizationType: AuthorizationType.NONE }, authorizer: undefined };
    }
    const authorizer = new ServiceFunction(this, 'authorizer', {
      bundle: join(bundles, 'authorizer'),
      description: 'Lets in who knows the token',
      environment: { TOKEN_SECRET_ARN: token.secretArn },
    });
    token.grantRead(authorizer.lambda);
    const authorized = {
      authorizationType: AuthorizationType.CUSTOM,
      authorizer: new RequestAuthorizer(this, 'Authorizer', {
        handler: authorizer.lambda,
        identitySources: [IdentitySource.header('Authorization')],
        resultsCacheTtl: Duration.minutes(5),
      }),
    };
    return { authorized, authorizer: authorizer.lambda };
  }

  #liveApi({ table, bundles }: ApiStackProps, authorizer: IFunction | undefined): LiveApi | undefined {
    return authorizer && new LiveApi(this, 'Live', { table, bundles, authorizer });
  }

  #apiFunction({ table, runtime, reports, bundles }: ApiStackProps): ServiceFunction {
    const api = new ServiceFunction(this, 'api', {
      bundle: join(bundles, 'api'),
      description: 'Serves the HTTP API',
      memorySize: 512,
      timeout: Duration.seconds(29),
      environment: {
        ...runtime.functions.environment,
        MACHINE_ROLE_ARN: runtime.machines.role.roleArn,
        MACHINE_SUBSTITUTIONS: this.toJsonString(runtime.machines.substitutions),
      },
    });
    runtime.functions.grantDevices(api);
    runtime.functions.grantLinks(api);
    runtime.functions.grantNotifying(api);
    reports.grant(api);
    allowChildren(api);
    return api
      .writeTable(table)
      .allow(['states:CreateStateMachine', 'states:DescribeStateMachine'], [machineArn(this, '*')])
      .allow(['states:StartExecution', ...PROBE_TASK], [machineArn(this, '*')])
      .allow(
        [
          'states:DescribeExecution',
          'states:GetExecutionHistory',
          'states:RedriveExecution',
          'states:StopExecution',
        ],
        [executionArns(this, '*')],
      )
      .allow(['iam:PassRole'], [runtime.machines.role.roleArn]);
  }
}

import { join } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { PREFIX } from './names.ts';
import { ServiceFunction } from './service-function.ts';

/** What pushing events takes. */
export interface LiveApiProps {
  readonly table: Table;
  /** Folder with the bundled functions. */
  readonly bundles: string;
  /** Lets in who knows the token. */
  readonly authorizer: IFunction;
}

const STAGE = 'live';

/** The WebSocket API by which clients are told of events: connections are in the table, and one function hears what clients want. */
export class LiveApi extends Construct {
  readonly #api: WebSocketApi;

  constructor(scope: Construct, id: string, { table, bundles, authorizer }: LiveApiProps) {
    super(scope, id);
    const live = new ServiceFunction(this, 'live', {
      bundle: join(bundles, 'live'),
      description: 'Hears which events clients want',
      // It waits until all who push know of a subscription.
      timeout: Duration.seconds(29),
      environment: { TABLE_NAME: table.tableName },
    }).writeTable(table);
    const integration = (name: string) => new WebSocketLambdaIntegration(`${name}Integration`, live.lambda);
    this.#api = new WebSocketApi(this, 'Api', {
      apiName: `${PREFIX}-live`,
      description: 'Stepwright: events as they happen',
      connectRouteOptions: {
        integration: integration('Connect'),
        // Without a source of identity: a browser sends the token in another header than others do.
        authorizer: new WebSocketLambdaAuthorizer('Authorizer', authorizer, { identitySource: [] }),
      },
      disconnectRouteOptions: { integration: integration('Disconnect') },
      defaultRouteOptions: { integration: integration('Default') },
    });
    new WebSocketStage(this, 'Stage', {
      webSocketApi: this.#api,
      stageName: STAGE,
      autoDeploy: true,
      throttle: { rateLimit: 100, burstLimit: 200 },
    });
    this.letPush(live);
  }

  /** Id of the API. */
  get apiId(): string {
    return this.#api.apiId;
  }

  /** Where clients connect. */
  get url(): string {
    return `wss://${this.#api.apiId}.execute-api.${Stack.of(this).region}.${Stack.of(this).urlSuffix}/${STAGE}`;
  }

  /** Lets a function tell clients of something, and end their connections. */
  letPush(teller: ServiceFunction): void {
    teller.lambda.addEnvironment('LIVE_API_ID', this.#api.apiId);
    teller.lambda.addEnvironment('LIVE_STAGE', STAGE);
    const connections = Stack.of(this).formatArn({
      service: 'execute-api',
      resource: this.#api.apiId,
      resourceName: `${STAGE}/*/@connections/*`,
    });
    teller.allow(['execute-api:ManageConnections'], [connections]);
  }
}

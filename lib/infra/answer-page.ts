import {
  AuthorizationType,
  type IResource,
  type LambdaIntegration,
  type MethodOptions,
} from 'aws-cdk-lib/aws-apigateway';

/** How requests are handed on, and who may make them. */
interface Handing {
  readonly integration: LambdaIntegration;
  readonly authorized: MethodOptions;
}

/**
 * Lets whoever has a link to a page by which people answer approvals and alerts, or to a report, and nothing else: the function checks what
 * it was signed with. Every resource on the way to it hands on what the API takes there, as one without methods would answer for itself.
 */
export function addAnswerPages(root: IResource, { integration, authorized }: Handing): void {
  const version = root.addResource('v1');
  const approvals = version.addResource('approvals');
  const approval = approvals.addResource('{id}');
  const alerts = version.addResource('alerts');
  for (const resource of [version, approvals, approval, alerts])
    resource.addMethod('ANY', integration, authorized);
  // A resource has one variable part below it at most: below `approvals` that is the id.
  for (const resource of [version, approval, alerts])
    resource.addProxy({ defaultIntegration: integration, defaultMethodOptions: authorized });
  const pages = [approval.addResource('answer'), alerts.addResource('answer'), alerts.addResource('act')];
  for (const page of pages) {
    for (const method of ['GET', 'HEAD', 'POST'])
      page.addMethod(method, integration, { authorizationType: AuthorizationType.NONE });
  }
  addReportPage(version, { integration, authorized });
}

/** Lets whoever has a link to a report read it. */
function addReportPage(version: IResource, { integration, authorized }: Handing): void {
  const made = version.addResource('made-reports');
  made.addMethod('ANY', integration, authorized);
  const read = made.addResource('read');
  for (const method of ['GET', 'HEAD'])
    read.addMethod(method, integration, { authorizationType: AuthorizationType.NONE });
}

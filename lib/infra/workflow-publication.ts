import { createHash } from 'node:crypto';
import { CustomResource } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DeployedAlerts } from './alert-files.ts';
import type { Machines } from './machines.ts';
import type { DeployedDecision, DeployedProject, DeployedWorkflow } from './workflows.ts';

/** What publishing at deploy time needs. */
export interface WorkflowPublicationProps {
  readonly machines: Machines;
  /** Function `publish-workflow`, which carries the compiled workflows and the decisions in its bundle. */
  readonly publisher: IFunction;
  readonly workflows: readonly DeployedWorkflow[];
  /** Each after those that it goes by. */
  readonly decisions: readonly DeployedDecision[];
  readonly alerts: readonly DeployedAlerts[];
  readonly project: DeployedProject;
}

/** Name of the document that says what the project's file says; the function that publishes knows it. */
export const PROJECT_DOCUMENT = 'project';

/**
 * Makes each workflow of the project a state machine, and registers its version in the table by a custom resource, so
 * that a version published by `cdk deploy` is the same thing as one published by `POST /v1/workflows`. A version whose
 * content has changed fails the deployment: versions are immutable. Decisions are published first, each after those that it
 * goes by, for they are pinned to the versions that are published then. Groups of alerts take the place of those before, and go
 * when their file does.
 */
export class WorkflowPublication extends Construct {
  constructor(scope: Construct, id: string, props: WorkflowPublicationProps) {
    super(scope, id);
    const decisions = this.#publishDecisions(props);
    for (const { machine, compiled, digest } of props.workflows) {
      const resource = new CustomResource(this, `Version-${machine}`, {
        serviceToken: props.publisher.functionArn,
        resourceType: 'Custom::StepwrightWorkflow',
        properties: { document: machine, workflow: compiled.name, version: compiled.version, digest },
      });
      resource.node.addDependency(
        props.machines.add({ name: machine, definition: compiled.definition }),
        ...decisions,
      );
    }
    for (const { document, digest } of props.alerts) {
      new CustomResource(this, `Alerts-${document}`, {
        serviceToken: props.publisher.functionArn,
        resourceType: 'Custom::StepwrightAlerts',
        properties: { document, digest },
      });
    }
    new CustomResource(this, 'Project', {
      serviceToken: props.publisher.functionArn,
      resourceType: 'Custom::StepwrightProject',
      properties: { document: PROJECT_DOCUMENT, digest: digestOf(props.project) },
    });
  }

  #publishDecisions({ publisher, decisions }: WorkflowPublicationProps): readonly CustomResource[] {
    const published = new Map<string, CustomResource>();
    for (const { document, name, version, uses, digest } of decisions) {
      const resource = new CustomResource(this, `Decision-${document}`, {
        serviceToken: publisher.functionArn,
        resourceType: 'Custom::StepwrightDecision',
        properties: { document, decision: name, version, digest },
      });
      for (const used of uses) {
        const before = published.get(used);
        if (before !== undefined) resource.node.addDependency(before);
      }
      published.set(document, resource);
    }
    return [...published.values()];
  }
}

function digestOf(project: DeployedProject): string {
  return createHash('sha256').update(JSON.stringify(project)).digest('hex');
}
